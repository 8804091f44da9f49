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

use yimatong_model::campaign::{Campaign, Declared, Exemption, Refinement, Window, ZoneLevel};
use yimatong_model::ids::{CommunityId, PersonId};

pub use closing::{ClosingTally, GivingCursor};
pub use standings::{AfterMissed, CityStandings, CommunityStandings, MissedPerson, Standings};

/// A campaign as it stands now: its document, what communities made of it, and what people declared.
#[derive(Debug)]
pub struct RoundView {
    campaign: Arc<Campaign>,
    number: u16,
    homes: Vec<Home>,
    home_of: ById<CommunityId, u32>,
    declared: ById<PersonId, Declared>,
}

/// What is the same for everybody of a community.
#[derive(Debug)]
struct Home {
    community: CommunityId,
    windows: Vec<Window>,
    zone: Option<ZoneLevel>,
    /// Does a standing there depend on results?
    asks_results: bool,
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
                Home {
                    community,
                    windows: campaign.windows_of(code, refinements).to_vec(),
                    zone,
                    asks_results: campaign.exemptions.iter().any(|exemption| match exemption {
                        Exemption::ZoneTested { zones, .. } => {
                            zone.is_some_and(|level| zones.contains(&level))
                        }
                        Exemption::Tested { .. } => true,
                        Exemption::Vaccinated { .. } | Exemption::OutsideCity { .. } => false,
                    }),
                }
            })
            .collect();
        let home_of = (0..).zip(&homes).map(|(index, home)| (home.community, index)).collect();
        Self { campaign, number, homes, home_of, declared: declared.into_iter().collect() }
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

    /// The windows of a community; empty when the campaign does not reach it.
    #[must_use]
    pub fn windows(&self, community: CommunityId) -> &[Window] {
        self.home_of.get(&community).map_or(&[], |index| &self.homes[*index as usize].windows)
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
