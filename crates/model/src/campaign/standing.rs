//! Where one person stands in a campaign.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Campaign, Exemption, Window, ZoneLevel};
use crate::clock::city_day;
use crate::reason::ReasonCode;
use crate::test_result::{Method, Outcome, TestResult, Tube};
use crate::vaccination::Vaccination;

/// What a person's standing depends on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// The person's windows; empty when the campaign does not reach there.
    pub windows: &'a [Window],
    /// How far the person's home is closed off.
    pub zone: Option<ZoneLevel>,
    /// Was a sample of the person taken in this campaign?
    pub sampled: bool,
    /// The latest results.
    pub results: &'a [TestResult],
    /// Vaccination.
    pub vaccination: Option<Vaccination>,
    /// What was declared, and how its review stands.
    pub declared: Declared,
    /// Reasons that count now.
    pub reasons: &'a [ReasonCode],
}

/// Tests outside the city that are looked at: of those accepted and of those that wait the two latest.
pub const OUTSIDE_TESTS: usize = 4;

/// How declarations of a person stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Declared {
    /// Vaccinated shortly before.
    pub vaccinated: Review,
    /// Outside the city with a negative test, and when it was sampled: of several each may be the one that counts, since that
    /// depends on the person's windows.
    pub outside_city: [Option<(Review, Timestamp)>; OUTSIDE_TESTS],
}

/// How the review of a declaration stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Review {
    /// Nothing was declared, or it was refused.
    #[default]
    None,
    /// A community worker has not looked yet.
    Waiting,
    /// Accepted.
    Accepted,
}

/// Where a person stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The campaign does not reach the person's home, or it is not known.
    NotIncluded,
    /// A sample was taken in this campaign, or one of the person alone while it went on.
    Sampled,
    /// Tested in the closed-off zone on the day of the notice.
    ZoneTested,
    /// Vaccinated shortly before, and declared.
    Vaccinated,
    /// Outside the city with a negative test, and declared.
    OutsideCity,
    /// Tested shortly before.
    Tested,
    /// Something was declared that nobody has looked at yet.
    Waiting,
    /// Still to be tested.
    Open,
}

impl Standing {
    /// Every standing, in the order of the declaration.
    pub const ALL: [Self; 8] = [
        Self::NotIncluded,
        Self::Sampled,
        Self::ZoneTested,
        Self::Vaccinated,
        Self::OutsideCity,
        Self::Tested,
        Self::Waiting,
        Self::Open,
    ];

    /// The stable name, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotIncluded => "not-included",
            Self::Sampled => "sampled",
            Self::ZoneTested => "zone-tested",
            Self::Vaccinated => "vaccinated",
            Self::OutsideCity => "outside-city",
            Self::Tested => "tested",
            Self::Waiting => "waiting",
            Self::Open => "open",
        }
    }

    /// Need the person not be tested any more?
    #[must_use]
    pub const fn is_exempt(self) -> bool {
        matches!(self, Self::ZoneTested | Self::Vaccinated | Self::OutsideCity | Self::Tested)
    }
}

impl Campaign {
    /// Where a person stands. What was sampled counts before any exemption, and an exemption before what waits.
    #[must_use]
    pub fn standing(&self, facts: &Facts<'_>) -> Standing {
        let (Some(first), Some(last)) = (facts.windows.first(), facts.windows.last()) else {
            return Standing::NotIncluded;
        };
        // A re-sample is one too, whichever round the table had chosen: who stays where they are for it misses nothing.
        if facts.sampled || facts.results.iter().any(|result| is_single_within(result, first.from, last.to)) {
            return Standing::Sampled;
        }
        let mut waits = false;
        for exemption in &self.exemptions {
            let (holds, standing) = match exemption {
                Exemption::ZoneTested { zones, on } => {
                    // Few live in such a zone: a day of the city is worked out for them alone.
                    let tested = facts.zone.is_some_and(|level| zones.contains(&level))
                        && facts.results.iter().any(|result| city_day(result.sampled) == *on);
                    (accepted(tested), Standing::ZoneTested)
                }
                Exemption::Vaccinated { within_h } => {
                    (vaccinated(facts, *within_h, last.to), Standing::Vaccinated)
                }
                Exemption::OutsideCity { negative_within_h } => {
                    (outside(facts, *negative_within_h, last.to), Standing::OutsideCity)
                }
                Exemption::Tested { within_h } => {
                    let recent = |result: &TestResult| {
                        is_conclusive(result) && is_recent(result.sampled, *within_h, (first.from, last.to))
                    };
                    (accepted(facts.results.iter().any(recent)), Standing::Tested)
                }
            };
            match holds {
                Review::Accepted => return standing,
                Review::Waiting => waits = true,
                Review::None => {}
            }
        }
        if waits { Standing::Waiting } else { Standing::Open }
    }
}

/// A nucleic acid test that says something.
const fn is_conclusive(result: &TestResult) -> bool {
    matches!((result.method, result.outcome), (Method::Naat, Outcome::Negative | Outcome::Positive))
}

/// A conclusive test of the person alone, sampled in that time.
fn is_single_within(result: &TestResult, from: Timestamp, to: Timestamp) -> bool {
    result.tube == Tube::Single && is_conclusive(result) && (from..=to).contains(&result.sampled)
}

const fn accepted(holds: bool) -> Review {
    if holds { Review::Accepted } else { Review::None }
}

/// A dose known to the registry still has to be declared, as the notice says; the declaration alone does not make a dose.
fn vaccinated(facts: &Facts<'_>, within_h: u16, end: Timestamp) -> Review {
    if facts.declared.vaccinated == Review::None {
        return Review::None;
    }
    let recent = facts.vaccination.is_some_and(|vaccination| {
        // Only the day is known: a dose of the first day still in reach counts.
        let earliest =
            end.checked_sub(SignedDuration::from_hours(i64::from(within_h))).unwrap_or(Timestamp::MIN);
        (city_day(earliest)..=city_day(end)).contains(&vaccination.last)
    });
    match (recent, facts.declared.vaccinated) {
        // Known and declared needs no review.
        (true, Review::Waiting | Review::Accepted) | (false, Review::Accepted) => Review::Accepted,
        (false, Review::Waiting) => Review::Waiting,
        (_, Review::None) => Review::None,
    }
}

fn outside(facts: &Facts<'_>, within_h: u16, end: Timestamp) -> Review {
    let tests = facts.declared.outside_city.iter().flatten();
    let recent = tests.filter(|(_, sampled)| is_recent(*sampled, within_h, (end, end)));
    recent.map(|(review, _)| *review).max().unwrap_or_default()
}

/// Was it at most so many hours before one moment, and not after the other? What is sampled when the person's last window has
/// passed is too late for the round.
fn is_recent(at: Timestamp, within_h: u16, (before, end): (Timestamp, Timestamp)) -> bool {
    before.duration_since(at) <= SignedDuration::from_hours(i64::from(within_h)) && at <= end
}
