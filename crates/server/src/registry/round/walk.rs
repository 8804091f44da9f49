//! Going through blocks, and what closing would do to each person.

use jiff::Timestamp;
use yimatong_model::campaign::{Closing, Declared, Facts, Review, Standing};
use yimatong_model::ids::{HouseholdId, PersonId};
use yimatong_model::reason::ReasonCode;
use yimatong_model::test_result::TestResult;

use super::super::block::Block;
use super::super::entry::Entry;
use super::super::shard::Shard;
use super::super::{Registry, read, with_reasons};
use super::{Home, RoundView};

/// A person that was looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    block: &'a Block,
    place: usize,
    /// Place of the community in the view; none for who has no community that it knows.
    pub(super) home: Option<usize>,
    /// What closing would do now.
    pub(super) closing: Closing,
}

impl Seen<'_> {
    pub(super) fn person(&self) -> PersonId {
        self.block.entries()[self.place].person()
    }

    pub(super) fn household(&self) -> Option<HouseholdId> {
        self.block.household(self.place)
    }
}

impl Registry {
    /// Looks at everybody of this part whose home is wanted.
    pub(super) fn walk_round(
        &self,
        view: &RoundView,
        now: Timestamp,
        wants: impl Fn(Option<usize>) -> bool,
        mut tell: impl FnMut(Seen<'_>),
    ) {
        for lock in &self.shards {
            let mut number = 0;
            // The lock is taken anew for each block: blocks never move, and whoever comes in between is counted or not.
            while let shard = read(lock)
                && let Some(block) = shard.block(number)
            {
                Walk { registry: self, view, shard: &shard, block, now }.people(&wants, &mut tell);
                number += 1;
            }
        }
    }
}

/// One block and whatever is needed to decide about its people.
struct Walk<'a> {
    registry: &'a Registry,
    view: &'a RoundView,
    shard: &'a Shard,
    block: &'a Block,
    now: Timestamp,
}

impl Walk<'_> {
    fn people(&self, wants: &impl Fn(Option<usize>) -> bool, tell: &mut impl FnMut(Seen<'_>)) {
        let sampled = self.block.sampled(self.view.number);
        let part = self.registry.part;
        for (place, community) in self.block.communities().enumerate() {
            let home = community.and_then(|id| self.view.home_of.get(&id)).map(|index| *index as usize);
            if !wants(home) || !(part.is_whole() || part.holds(self.block.entries()[place].person())) {
                continue;
            }
            let closing = match home.map(|index| &self.view.homes[index]) {
                Some(home) if home.windows.is_empty() => Closing::Leave(Standing::NotIncluded),
                Some(_) if sampled.has(place) => Closing::Leave(Standing::Sampled),
                Some(home) => self.decide(home, &self.block.entries()[place]),
                None => Closing::Leave(Standing::NotIncluded),
            };
            tell(Seen { block: self.block, place, home, closing });
        }
    }

    /// Of somebody without a sample.
    fn decide(&self, home: &Home, entry: &Entry) -> Closing {
        let declared = self.view.declared.get(&entry.person()).copied().unwrap_or_default();
        let results: Vec<TestResult> = entry.results().collect();
        let active = self.active(entry);
        self.view.campaign.closing(&Facts {
            windows: &home.windows,
            zone: home.zone,
            sampled: false,
            results: &results,
            vaccination: if asks_vaccination(declared) { entry.vaccination() } else { None },
            declared,
            reasons: &active,
        })
    }

    fn active(&self, entry: &Entry) -> Vec<ReasonCode> {
        let (_, count) = entry.reasons();
        if count == 0 {
            return Vec::new();
        }
        with_reasons(self.shard, entry, |reasons| self.registry.rules.decide(reasons, self.now).active)
    }
}

/// A dose that nobody declared exempts nobody.
fn asks_vaccination(declared: Declared) -> bool {
    declared.vaccinated != Review::None
}
