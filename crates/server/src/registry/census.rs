//! Counting the whole city, a block of entries at a time, so that nobody who shows a code waits for it.

use std::collections::HashMap;

use jiff::Timestamp;
use yimatong_model::clock::is_within;
use yimatong_model::colour::Colour;
use yimatong_model::ids::CommunityId;
use yimatong_model::rule::RulePack;

use super::entry::Entry;
use super::part::Part;
use super::shard::Shard;
use super::{Registry, read, with_reasons};

/// Ages of the latest result that are counted, in hours.
pub const TESTED_H: [u32; 3] = [24, 48, 72];

/// How many people are what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// People.
    pub people: u64,
    /// People by colour: green, yellow, red.
    pub colours: [u64; 3],
    /// People whose latest result is at most 24, 48, 72 h old, by the city's own reckoning.
    pub tested: [u64; 3],
}

impl Tally {
    /// Adds another tally.
    pub fn add(&mut self, other: &Self) {
        self.people += other.people;
        for place in 0..3 {
            self.colours[place] += other.colours[place];
            self.tested[place] += other.tested[place];
        }
    }

    fn count(&mut self, entry: &Entry, colour: Colour, rules: &RulePack, now: Timestamp) {
        self.people += 1;
        self.colours[usize::from(colour.as_u8())] += 1;
        let Some(latest) = entry.results().next() else { return };
        for (tested, hours) in self.tested.iter_mut().zip(TESTED_H) {
            *tested += u64::from(is_within(&latest, rules.clock, hours, now));
        }
    }
}

impl Registry {
    /// Counts everybody of this part as of `now`, by community of residence. Takes about 0.06 s per million people: not for the event loop.
    #[must_use]
    pub fn census(&self, now: Timestamp) -> HashMap<Option<CommunityId>, Tally> {
        let mut tallies = HashMap::new();
        for lock in &self.shards {
            let mut block = 0;
            // The lock is taken anew for each block: blocks never move, and whoever comes in between is counted or not.
            while count_block(&read(lock), block, (self.part, &self.rules), now, &mut tallies) {
                block += 1;
            }
        }
        tallies
    }
}

/// Counts one block; false when there is none.
fn count_block(
    shard: &Shard,
    block: usize,
    (part, rules): (Part, &RulePack),
    now: Timestamp,
    tallies: &mut HashMap<Option<CommunityId>, Tally>,
) -> bool {
    let Some(block) = shard.block(block) else { return false };
    for entry in block.entries().iter().filter(|entry| part.holds(entry.person())) {
        let colour = with_reasons(shard, entry, |reasons| rules.decide(reasons, now).colour);
        tallies.entry(entry.community()).or_default().count(entry, colour, rules, now);
    }
    true
}

#[cfg(test)]
mod tests {
    use yimatong_model::reason::ReasonCode;
    use yimatong_model::test_result::{Method, Outcome, TestResult, Tube};

    use super::super::fixtures::{at, reason, registry, state};
    use super::*;

    const H: i64 = 3_600;

    #[test]
    fn everybody_is_counted_once_by_community_colour_and_age_of_the_latest_result() {
        let registry = registry();
        let many = 5_000;
        for n in 1..=many {
            let mut person = state(n, n, u32::try_from(n).unwrap());
            person.community = (n % 3 != 0).then(|| CommunityId(u32::try_from(n % 3).unwrap()));
            if n % 10 == 0 {
                person.reasons = vec![reason(ReasonCode::Confirmed)];
            }
            let tested = |hours_ago: i64| TestResult {
                sampled: at(-hours_ago * H),
                received: at(-hours_ago * H),
                reported: at(-hours_ago * H),
                outcome: Outcome::Negative,
                tube: Tube::Pooled,
                method: Method::Naat,
                institution: 1,
            };
            person.results = match n % 4 {
                0 => vec![tested(1), tested(60)],
                1 => vec![tested(30)],
                2 => vec![tested(90)],
                _ => Vec::new(),
            };
            registry.apply(&person, at(0));
        }
        let tallies = registry.census(at(0));
        let mut city = Tally::default();
        tallies.values().for_each(|tally| city.add(tally));
        let expected =
            Tally { people: many, colours: [many * 9 / 10, 0, many / 10], tested: [1_250, 2_500, 2_500] };
        assert_eq!(city, expected);
        let of = |community: Option<u32>| tallies[&community.map(CommunityId)].people;
        assert_eq!((of(None), of(Some(1)), of(Some(2)), tallies.len()), (1_666, 1_667, 1_667, 3));
    }

    #[test]
    fn a_city_of_nobody_has_no_numbers() {
        assert!(registry().census(at(0)).is_empty());
    }

    #[test]
    fn more_reasons_than_fit_inside_and_time_itself_count() {
        let registry = registry();
        let mut person = state(1, 1, 1);
        let codes = [ReasonCode::Symptoms, ReasonCode::Arrival, ReasonCode::CloseContact];
        person.reasons = codes.map(reason).to_vec();
        registry.apply(&person, at(0));
        let colours = |now| registry.census(now)[&None].colours;
        assert_eq!(colours(at(-1)), [1, 0, 0], "the reasons have not begun");
        assert_eq!(colours(at(0)), [0, 0, 1]);
    }
}
