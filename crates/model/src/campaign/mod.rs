//! Campaigns: one round of testing for a whole city, as data (`campaigns/*.toml`), in the shape of a city's notice.
//!
//! A notice says which areas are tested when, who takes part, who need not, and what happens to who does not. Districts
//! refine the times, and a community's word is final.

mod check;
mod closing;
mod document;
mod exemptions;
mod problem;
mod schedule;
mod standing;

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::closing::{Closing, Spared, is_isolated};
pub use self::problem::CampaignProblem;
pub use self::schedule::{LONGEST_DAYS, Refinement, Scope, Turn, WindowsError};
pub use self::standing::{Declared, Facts, OUTSIDE_TESTS, Review, Standing};
use crate::city::City;
use crate::reason::ReasonCode;
use crate::rule::Text;

/// The notices that ship with the project: name and TOML text.
pub const SHIPPED: [(&str, &str); 1] =
    [("zhengzhou-2022-01-05", include_str!("../../../../campaigns/zhengzhou-2022-01-05.toml"))];

/// A campaign that was checked: every area exists, every window has a length.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Campaign {
    /// Short name, unique in the city, such as `zhengzhou-2022-01-05`.
    pub id: String,
    /// Division code of the city.
    pub city: u32,
    /// Name of the round.
    pub name: Text,
    /// The notice it rests on.
    pub basis: Text,
    /// Who is tested when, in the order of the notice.
    pub areas: Vec<Area>,
    /// Groups of the population that take part.
    pub population: Vec<PopulationGroup>,
    /// Where tables may stand.
    pub points: Vec<PointKind>,
    /// Whether people may be tested where they work, once they have declared it to their community.
    pub at_work_after_declaring: bool,
    /// Who need not take part.
    pub exemptions: Vec<Exemption>,
    /// Closed-off zones while the campaign runs.
    pub zones: Vec<ZoneArea>,
    /// What becomes of who did not take part.
    pub consequence: Consequence,
    /// What residents are told.
    pub notices: Notices,
}

/// One area and its windows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Area {
    /// Where.
    pub place: Place,
    /// When, one after the other, never overlapping.
    pub windows: Vec<Window>,
}

/// A district, or a functional zone that has no code of its own.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Six digits of a district or county.
    District(u32),
    /// Short name of a functional zone of the city.
    Zone(String),
}

/// A span of time in which an area is tested: from the first instant up to, not including, the second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Window {
    /// Begin.
    pub from: Timestamp,
    /// End.
    pub to: Timestamp,
}

impl Window {
    /// Is it open at this moment?
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.range().contains(&now)
    }

    const fn range(&self) -> Range<Timestamp> {
        self.from..self.to
    }
}

/// A group of the population, by residence. Of whom the registry does not know to which group they belong, which is
/// everybody, all take part: a document that names fewer groups is told so ([`Campaign::notes`]).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PopulationGroup {
    /// 常住人口
    Permanent,
    /// 暂住人口
    Temporary,
    /// 流动人口
    Floating,
    /// 外籍人员
    Foreign,
}

impl PopulationGroup {
    /// Every group.
    pub const ALL: [Self; 4] = [Self::Permanent, Self::Temporary, Self::Floating, Self::Foreign];
}

/// Kind of a sampling point.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PointKind {
    /// 固定采样点
    Fixed,
    /// 流动采样点
    Mobile,
    /// 上门采样
    DoorToDoor,
}

/// Why somebody need not take part.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "snake_case", deny_unknown_fields)]
pub enum Exemption {
    /// People of a closed-off zone who were tested on that day.
    ZoneTested {
        /// Levels of zones.
        zones: Vec<ZoneLevel>,
        /// The city's day of the test.
        on: Date,
    },
    /// Vaccinated shortly before the end of the person's last window, and declared.
    Vaccinated {
        /// Hours.
        within_h: u16,
    },
    /// Outside the city with a negative test shortly before, and declared.
    OutsideCity {
        /// Hours.
        negative_within_h: u16,
    },
    /// Tested shortly before the person's first window began, or until the last one ended.
    Tested {
        /// Hours.
        within_h: u16,
    },
}

impl Exemption {
    /// Stable name, as in the document.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::ZoneTested { .. } => "zone-tested",
            Self::Vaccinated { .. } => "vaccinated",
            Self::OutsideCity { .. } => "outside-city",
            Self::Tested { .. } => "tested",
        }
    }
}

/// How far a zone is closed off.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ZoneLevel {
    /// 封控区
    Sealed,
    /// 管控区
    Controlled,
    /// 防范区
    Precaution,
}

/// Streets or communities of one level.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZoneArea {
    /// How far it is closed off.
    pub level: ZoneLevel,
    /// Nine digits of streets, or twelve of communities.
    pub codes: Vec<u64>,
}

/// What becomes of who did not take part.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Consequence {
    /// The reason that is given.
    pub reason: ReasonCode,
    /// Who is left as they are all the same.
    pub spared: Vec<Spared>,
}

/// Texts for residents.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notices {
    /// When the round starts.
    pub start: Text,
    /// Shortly before the person's window ends.
    pub reminder: Text,
    /// How many hours before.
    pub reminder_h: u16,
    /// To who did not take part.
    pub missed: Text,
}

impl Campaign {
    /// Reads and checks a document, TOML or JSON (which begins with a brace).
    ///
    /// # Errors
    /// Every [`CampaignProblem`] that can be seen at once, in words for who wrote the document.
    pub fn parse(text: &str) -> Result<Self, Vec<CampaignProblem>> {
        check::check(document::read(text)?, text)
    }

    /// A shipped campaign by its name.
    #[must_use]
    pub fn shipped(name: &str) -> Option<Self> {
        let (_, toml) = SHIPPED.into_iter().find(|(shipped, _)| *shipped == name)?;
        Some(Self::parse(toml).expect("shipped campaigns are valid (tested)"))
    }

    /// The city it is for.
    #[must_use]
    pub fn city(&self) -> &'static City {
        crate::city::city(self.city).expect("the code was checked when the document was read")
    }

    /// The area that a street belongs to, by its place in [`Campaign::areas`]: the functional zone before the district.
    #[must_use]
    pub fn area_of(&self, street: u32) -> Option<usize> {
        let zone = self.city().zone_of(street).map(|zone| zone.id);
        let by_zone =
            zone.and_then(|id| self.areas.iter().position(|area| area.place == Place::Zone(id.into())));
        by_zone.or_else(|| self.areas.iter().position(|area| area.place == Place::District(street / 1000)))
    }

    /// How far the home of somebody in this community (twelve digits) is closed off; the strictest level counts.
    #[must_use]
    pub fn zone_level(&self, community: u64) -> Option<ZoneLevel> {
        let inside =
            |zone: &&ZoneArea| zone.codes.iter().any(|code| *code == community || *code == community / 1000);
        self.zones.iter().filter(inside).map(|zone| zone.level).min()
    }

    /// What whoever wrote the document should know although nothing is wrong with it.
    #[must_use]
    pub fn notes(&self) -> Vec<Text> {
        let mut notes = Vec::new();
        if PopulationGroup::ALL.iter().any(|group| !self.population.contains(group)) {
            notes.push(Text {
                zh: "登记信息不区分常住、暂住、流动人口，因此全体登记居民都计入本轮，未写明的人群也不例外".into(),
                en: "the registry does not tell the groups of the population apart, so every registered resident counts, also \
                     of the groups that are not named"
                    .into(),
            });
        }
        notes
    }

    /// From the first window's begin to the last one's end, as the document has them.
    #[must_use]
    pub fn span(&self) -> Window {
        let windows = || self.areas.iter().flat_map(|area| &area.windows);
        Window {
            from: windows().map(|window| window.from).min().unwrap_or(Timestamp::MIN),
            to: windows().map(|window| window.to).max().unwrap_or(Timestamp::MIN),
        }
    }
}

#[cfg(test)]
mod schedule_tests;
#[cfg(test)]
mod tests;
