//! A round of testing over the people of the registry: who took part, who is missed, and whom closing gives the reason.
//!
//! What is the same for everybody of a community is worked out once; of most people one bit decides. Blocks are read one at a
//! time, so nobody who shows a code waits. Nothing here is for the event loop. People of other parts are never counted.

mod closing;
mod standings;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use jiff::Timestamp;

use yimatong_model::campaign::{Campaign, Closing, Declared, Facts, Refinement, Window, ZoneLevel};
use yimatong_model::ids::{CommunityId, PersonId};
use yimatong_model::test_result::TestResult;

use super::{Registry, View};

pub use closing::ClosingTally;
pub use standings::{AfterMissed, CityStandings, CommunityStandings, MissedPerson, Standings};

/// A campaign as it stands now: its document, what communities made of it, and what people declared.
#[derive(Debug)]
pub struct RoundView {
    campaign: Arc<Campaign>,
    number: u16,
    homes: Arc<Vec<Home>>,
    home_of: Arc<ById<CommunityId, u32>>,
    declared: ById<PersonId, Declared>,
}

/// What is the same for everybody of a community.
#[derive(Debug)]
struct Home {
    community: CommunityId,
    windows: Vec<Window>,
    zone: Option<ZoneLevel>,
}

impl RoundView {
    /// Prepares a campaign: of every community id and the twelve digits of its code; of people what of their declarations counts.
    #[must_use]
    pub fn new(
        campaign: Arc<Campaign>,
        number: u16,
        refinements: &[Refinement],
        communities: impl IntoIterator<Item = (CommunityId, u64)>,
        declared: impl IntoIterator<Item = (PersonId, Declared)>,
    ) -> Self {
        let homes: Vec<Home> = communities
            .into_iter()
            .map(|(community, code)| {
                let zone = campaign.zone_level(code);
                let windows = campaign.windows_of(code, refinements).to_vec();
                Home { community, windows, zone }
            })
            .collect();
        let home_of = (0..).zip(&homes).map(|(index, home)| (home.community, index)).collect();
        let (homes, home_of) = (Arc::new(homes), Arc::new(home_of));
        Self { campaign, number, homes, home_of, declared: declared.into_iter().collect() }
    }

    /// The same with what people have declared by now.
    #[must_use]
    pub fn with_declared(&self, declared: impl IntoIterator<Item = (PersonId, Declared)>) -> Self {
        Self {
            campaign: Arc::clone(&self.campaign),
            number: self.number,
            homes: Arc::clone(&self.homes),
            home_of: Arc::clone(&self.home_of),
            declared: declared.into_iter().collect(),
        }
    }

    /// The campaign.
    #[must_use]
    pub const fn campaign(&self) -> &Arc<Campaign> {
        &self.campaign
    }

    /// Its number.
    #[must_use]
    pub const fn number(&self) -> u16 {
        self.number
    }

    /// When the last window of all communities ends; none where the campaign reaches no community.
    #[must_use]
    pub fn ends(&self) -> Option<Timestamp> {
        self.homes.iter().filter_map(|home| home.windows.last()).map(|window| window.to).max()
    }

    /// The windows of a community; empty when the campaign does not reach it.
    #[must_use]
    pub fn windows(&self, community: CommunityId) -> &[Window] {
        self.home_of.get(&community).map_or(&[], |index| &self.homes[*index as usize].windows)
    }
}

impl Registry {
    /// What closing would do to one person, by what is known and was declared of them.
    #[must_use]
    pub fn closing_of(&self, view: &RoundView, person: &View, declared: Declared) -> Closing {
        let home = person.entry.community().and_then(|community| view.home_of.get(&community));
        let home = home.map(|index| &view.homes[*index as usize]);
        let results: Vec<TestResult> = person.entry.results().collect();
        view.campaign.closing(&Facts {
            windows: home.map_or(&[], |home| &home.windows),
            zone: home.and_then(|home| home.zone),
            sampled: self.has_round(person.entry.person(), view.number),
            results: &results,
            vaccination: person.entry.vaccination(),
            declared,
            reasons: &person.decision.active,
        })
    }
}

/// A map by ids. They are a keyed hash or given out one after the other, so nobody chooses collisions.
type ById<K, V> = HashMap<K, V, BuildHasherDefault<IdHasher>>;

/// Spreads the one number of an id over 64 bits.
#[derive(Debug, Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26);
    }
}
