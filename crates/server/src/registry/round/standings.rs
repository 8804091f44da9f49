//! Where people stand in a campaign: counted by community and by household, and listed for who knocks at doors.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_model::campaign::{Closing, Spared, Standing};
use yimatong_model::ids::{CommunityId, HouseholdId, PersonId};

use super::super::Registry;
use super::RoundView;
use super::walk::{Place, Seen};

/// How many people stand where; each person counts once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Standings {
    /// The campaign does not reach the person's home, or it is not known.
    pub not_included: u32,
    /// A sample was taken.
    pub sampled: u32,
    /// Tested in the closed-off zone on the day of the notice.
    pub zone_tested: u32,
    /// Vaccinated shortly before, and declared.
    pub vaccinated: u32,
    /// Outside the city with a negative test, and declared.
    pub outside_city: u32,
    /// Tested shortly before.
    pub tested: u32,
    /// Something was declared that nobody has looked at yet.
    pub waiting: u32,
    /// Still to be tested, and closing would give the reason.
    pub open: u32,
    /// Still to be tested, but closing would leave them: they can't go out.
    pub spared: u32,
}

impl Standings {
    /// Everybody.
    #[must_use]
    pub const fn people(&self) -> u32 {
        let exempt = self.zone_tested + self.vaccinated + self.outside_city + self.tested;
        self.not_included + self.sampled + exempt + self.waiting + self.open + self.spared
    }

    /// Adds others.
    pub fn add(&mut self, other: &Self) {
        self.not_included += other.not_included;
        self.sampled += other.sampled;
        self.zone_tested += other.zone_tested;
        self.vaccinated += other.vaccinated;
        self.outside_city += other.outside_city;
        self.tested += other.tested;
        self.waiting += other.waiting;
        self.open += other.open;
        self.spared += other.spared;
    }

    pub(super) const fn count(&mut self, closing: Closing) {
        let place = match closing {
            Closing::Leave(Standing::NotIncluded) => &mut self.not_included,
            Closing::Leave(Standing::Sampled) => &mut self.sampled,
            Closing::Leave(Standing::ZoneTested) => &mut self.zone_tested,
            Closing::Leave(Standing::Vaccinated) => &mut self.vaccinated,
            Closing::Leave(Standing::OutsideCity) => &mut self.outside_city,
            Closing::Leave(Standing::Tested) => &mut self.tested,
            Closing::Leave(Standing::Waiting) | Closing::Wait => &mut self.waiting,
            Closing::Leave(Standing::Open) | Closing::Give => &mut self.open,
            Closing::Spare(_) => &mut self.spared,
        };
        *place += 1;
    }
}

/// The whole city.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CityStandings {
    /// By community of the view, also of those where nobody lives.
    pub communities: BTreeMap<CommunityId, Standings>,
    /// People without a community that the view knows; not included.
    pub without_community: u32,
}

/// A community with its households.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CommunityStandings {
    /// Its people.
    pub standings: Standings,
    /// Households with somebody whom the campaign reaches.
    pub households: u32,
    /// Those of them in which nobody is missed: nobody is open, and no declaration waits.
    pub households_done: u32,
}

/// Somebody who has not been tested yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissedPerson {
    /// The household, where it is known.
    pub household: Option<HouseholdId>,
    /// The person.
    pub person: PersonId,
    /// [`Standing::Open`] or [`Standing::Waiting`].
    pub standing: Standing,
    /// Why closing would leave the person.
    pub spared: Option<Spared>,
}

/// The last person of a page of missed people.
pub type AfterMissed = (Option<HouseholdId>, PersonId);

impl MissedPerson {
    fn of(seen: &Seen<'_>) -> Option<Self> {
        let (standing, spared) = match seen.closing {
            Closing::Give => (Standing::Open, None),
            Closing::Wait => (Standing::Waiting, None),
            Closing::Spare(spared) => (Standing::Open, Some(spared)),
            Closing::Leave(_) => return None,
        };
        Some(Self { household: seen.household(), person: seen.person(), standing, spared })
    }
}

/// The order of lists: by household, people without one last.
fn order((household, person): AfterMissed) -> (bool, Option<HouseholdId>, PersonId) {
    (household.is_none(), household, person)
}

impl Registry {
    /// Counts the whole city by community, as of `now`.
    #[must_use]
    pub fn standings(&self, view: &RoundView, now: Timestamp) -> CityStandings {
        let mut counts = vec![Standings::default(); view.homes.len()];
        let mut without_community = 0;
        let ControlFlow::Continue(()) = self.walk_round::<std::convert::Infallible>(
            view,
            Place::default(),
            now,
            |_| true,
            |seen| {
                match seen.home {
                    Some(home) => counts[home].count(seen.closing),
                    None => without_community += 1,
                }
                ControlFlow::Continue(())
            },
        );
        let communities =
            view.homes.iter().zip(counts).map(|(home, counts)| (home.community, counts)).collect();
        CityStandings { communities, without_community }
    }

    /// Counts some communities with their households. For the communities of a district: everybody of them is held in memory
    /// for a moment, 24 bytes a person.
    #[must_use]
    pub fn standings_of(
        &self,
        view: &RoundView,
        communities: &HashSet<CommunityId>,
        now: Timestamp,
    ) -> BTreeMap<CommunityId, CommunityStandings> {
        let mut counts: BTreeMap<CommunityId, CommunityStandings> = view
            .homes
            .iter()
            .filter(|home| communities.contains(&home.community))
            .map(|home| (home.community, CommunityStandings::default()))
            .collect();
        let mut at_home = Vec::new();
        self.walk_communities(view, communities, now, |community, seen| {
            counts.entry(community).or_default().standings.count(seen.closing);
            if let Some(household) = seen.household()
                && seen.closing != Closing::Leave(Standing::NotIncluded)
            {
                let is_missed = matches!(seen.closing, Closing::Give | Closing::Wait);
                at_home.push((community, household, is_missed));
            }
        });
        at_home.sort_unstable();
        for household in at_home.chunk_by(|left, right| (left.0, left.1) == (right.0, right.1)) {
            let community = counts.entry(household[0].0).or_default();
            community.households += 1;
            community.households_done += u32::from(household.iter().all(|(.., is_missed)| !is_missed));
        }
        counts
    }

    /// Counts a community by household; none stands for people whose household is not known.
    #[must_use]
    pub fn standings_of_households(
        &self,
        view: &RoundView,
        community: CommunityId,
        now: Timestamp,
    ) -> BTreeMap<Option<HouseholdId>, Standings> {
        let mut counts: BTreeMap<_, Standings> = BTreeMap::new();
        self.walk_communities(view, &HashSet::from([community]), now, |_, seen| {
            counts.entry(seen.household()).or_default().count(seen.closing);
        });
        counts
    }

    /// People of a community who have not been tested yet, by household and person, behind the last of the page before.
    /// Less than `limit` of them: that was the last page.
    #[must_use]
    pub fn missed(
        &self,
        view: &RoundView,
        community: CommunityId,
        after: Option<AfterMissed>,
        limit: usize,
        now: Timestamp,
    ) -> Vec<MissedPerson> {
        let mut missed = Vec::new();
        let after = after.map(order);
        self.walk_communities(view, &HashSet::from([community]), now, |_, seen| {
            missed.extend(
                MissedPerson::of(&seen)
                    .filter(|one| after.is_none_or(|after| order((one.household, one.person)) > after)),
            );
        });
        missed.sort_unstable_by_key(|one| order((one.household, one.person)));
        missed.truncate(limit);
        missed
    }

    fn walk_communities(
        &self,
        view: &RoundView,
        communities: &HashSet<CommunityId>,
        now: Timestamp,
        mut tell: impl FnMut(CommunityId, Seen<'_>),
    ) {
        let wanted: Vec<bool> = view.homes.iter().map(|home| communities.contains(&home.community)).collect();
        let ControlFlow::Continue(()) = self.walk_round::<std::convert::Infallible>(
            view,
            Place::default(),
            now,
            |home| home.is_some_and(|home| wanted[home]),
            |seen| {
                if let Some(home) = seen.home {
                    tell(view.homes[home].community, seen);
                }
                ControlFlow::Continue(())
            },
        );
    }
}
