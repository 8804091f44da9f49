//! What other rules would make of the people: counted before anybody applies them.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use yimatong_model::colour::Colour;
use yimatong_model::ids::CommunityId;
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::rule::RulePack;
use yimatong_model::test_result::TestResult;

use super::{Registry, read, with_reasons};

/// From one colour to another.
pub type Move = (Colour, Colour);

/// What other rules would change, in people of this part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleChange {
    /// Everybody.
    pub people: u64,
    /// People whose colour would be another.
    pub recoloured: u64,
    /// Those of them, by what their colour is and would be.
    pub moves: BTreeMap<Move, u64>,
    /// Those of them, by each of their reasons that asks for another colour than before; green stands for a reason that does
    /// not count. Somebody with two such reasons stands here twice.
    pub reasons: BTreeMap<(ReasonCode, Colour, Colour), u64>,
    /// Those of them, by community of residence.
    pub communities: HashMap<Option<CommunityId>, u64>,
    /// People who are not green whom the other rules would let go by tests that are known already: the two latest of each.
    pub released: u64,
}

impl Registry {
    /// Compares the rules in force with others, for everybody of this part as of `now`. Not for the event loop.
    #[must_use]
    pub fn compare_rules(&self, other: &RulePack, now: Timestamp) -> RuleChange {
        let mut change = RuleChange::default();
        let rules = (&*self.rules, other);
        for lock in &self.shards {
            let mut at = 0;
            // The lock is taken anew for each block: blocks never move, and whoever comes in between is counted or not.
            while let shard = read(lock)
                && let Some(block) = shard.block(at)
            {
                for entry in block.entries().iter().filter(|entry| self.part.holds(entry.person())) {
                    change.people += 1;
                    if entry.reasons().1 > 0 {
                        with_reasons(&shard, entry, |reasons| {
                            change.count(rules, reasons, entry.community(), now);
                            let results = || entry.results().collect::<Vec<_>>();
                            change.released += u64::from(is_released(rules, reasons, results, now));
                        });
                    }
                }
                at += 1;
            }
        }
        change
    }
}

impl RuleChange {
    fn count(
        &mut self,
        (before, after): (&RulePack, &RulePack),
        reasons: &[Reason],
        community: Option<CommunityId>,
        now: Timestamp,
    ) {
        let (was, becomes) = (before.decide(reasons, now).colour, after.decide(reasons, now).colour);
        if was == becomes {
            return;
        }
        self.recoloured += 1;
        *self.moves.entry((was, becomes)).or_default() += 1;
        *self.communities.entry(community).or_default() += 1;
        for (code, was, becomes) in moves_of_reasons((before, after), reasons, now) {
            *self.reasons.entry((code, was, becomes)).or_default() += 1;
        }
    }
}

/// The kinds of reasons that ask for another colour than before; of several of a kind the gravest speaks.
fn moves_of_reasons(
    (before, after): (&RulePack, &RulePack),
    reasons: &[Reason],
    now: Timestamp,
) -> impl Iterator<Item = (ReasonCode, Colour, Colour)> {
    ReasonCode::ALL.into_iter().filter_map(move |code| {
        let of_kind: Vec<Reason> = reasons.iter().filter(|reason| reason.code == code).copied().collect();
        let (was, becomes) = (before.decide(&of_kind, now).colour, after.decide(&of_kind, now).colour);
        (was != becomes).then_some((code, was, becomes))
    })
}

/// Would the other rules, and not those in force, let everything go that keeps a person from green, by known tests?
fn is_released(
    (before, after): (&RulePack, &RulePack),
    reasons: &[Reason],
    results: impl Fn() -> Vec<TestResult>,
    now: Timestamp,
) -> bool {
    if after.decide(reasons, now).colour == Colour::Green {
        return false;
    }
    let results = results();
    let is_over = |rules: &RulePack, reason: &Reason| {
        rules.released_at(reason, &results).is_some_and(|released| released <= now)
    };
    let left: Vec<Reason> =
        reasons.iter().filter(|reason| is_over(before, reason) || !is_over(after, reason)).copied().collect();
    left.len() < reasons.len() && after.decide(&left, now).colour == Colour::Green
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use yimatong_model::rule::SHIPPED;
    use yimatong_model::test_result::{Method, Outcome, Tube};

    use super::super::fixtures::{at, reason, registry, state};
    use super::*;

    const DAY: i64 = 86_400;

    /// The rules of Xi'an with one text of one reason's table replaced.
    fn changed(code: ReasonCode, from: &str, to: &str) -> RulePack {
        let text = SHIPPED[0].1;
        let (before, table) = text.split_at(text.find(&format!("[reasons.{code}]")).unwrap());
        assert!(table.contains(from), "{code}: {from}");
        RulePack::parse(&[before, &table.replacen(from, to, 1)].concat()).unwrap()
    }

    fn negative(second: i64) -> TestResult {
        TestResult {
            sampled: at(second),
            received: at(second + 60),
            reported: at(second + 120),
            outcome: Outcome::Negative,
            tube: Tube::Pooled,
            method: Method::Naat,
            institution: 1,
        }
    }

    fn city(reasons: &[&[ReasonCode]]) -> Registry {
        let registry = registry();
        for (n, codes) in (1..).zip(reasons) {
            let mut one = state(n, n, u32::try_from(n).unwrap());
            one.community = (n % 2 == 0).then_some(CommunityId(7));
            one.reasons = codes.iter().copied().map(reason).collect();
            registry.apply(&one, at(0));
        }
        registry
    }

    #[test]
    fn the_same_rules_change_nobody() {
        let registry = city(&[&[], &[ReasonCode::MissedRound], &[ReasonCode::CloseContact]]);
        let same = registry.compare_rules(&RulePack::default(), at(1));
        assert_eq!(same, RuleChange { people: 3, ..RuleChange::default() });
    }

    #[test]
    fn people_are_counted_by_colours_reasons_and_community() {
        use ReasonCode::{Arrival, CloseContact, Companion, MissedRound, Symptoms};
        let registry = city(&[
            &[],
            &[MissedRound],
            &[MissedRound, Symptoms],
            &[MissedRound, Companion, Arrival, CloseContact],
            &[MissedRound],
        ]);
        let yellow = changed(MissedRound, "colour = \"green\"", "colour = \"yellow\"");
        let change = registry.compare_rules(&yellow, at(1));
        assert_eq!(
            change,
            RuleChange {
                people: 5,
                recoloured: 2,
                moves: BTreeMap::from([((Colour::Green, Colour::Yellow), 2)]),
                reasons: BTreeMap::from([((MissedRound, Colour::Green, Colour::Yellow), 2)]),
                communities: HashMap::from([(Some(CommunityId(7)), 1), (None, 1)]),
                released: 0,
            }
        );
        let red = changed(Companion, "colour = \"yellow\"", "colour = \"green\"");
        assert_eq!(registry.compare_rules(&red, at(1)).recoloured, 0, "somebody red stays so");
    }

    #[test]
    fn a_longer_expiry_takes_hold_of_who_is_free_by_the_present_one() {
        let registry = city(&[&[ReasonCode::Companion]]);
        let longer = changed(ReasonCode::Companion, "expires_after_h = 336", "expires_after_h = 720");
        assert_eq!(registry.compare_rules(&longer, at(13 * DAY)).recoloured, 0);
        let change = registry.compare_rules(&longer, at(15 * DAY));
        assert_eq!(change.moves, BTreeMap::from([((Colour::Green, Colour::Yellow), 1)]));
    }

    #[test]
    fn who_fulfils_only_a_new_way_back_is_told_apart_from_who_changes_colour() {
        let registry = registry();
        let tests = [vec![], vec![negative(DAY)], vec![negative(3 * DAY), negative(DAY)]];
        for (n, results) in (1..).zip(tests) {
            let mut one = state(n, n, u32::try_from(n).unwrap());
            one.reasons = vec![reason(ReasonCode::Companion)];
            one.results = results;
            registry.apply(&one, at(0));
        }
        let now = at(4 * DAY);
        let one_test =
            changed(ReasonCode::Companion, "count = 2, within_days = 3", "count = 1, within_days = 3");
        let change = registry.compare_rules(&one_test, now);
        // The third is let go by the rules in force as well: the store has done so, or will with the next test.
        assert_eq!((change.people, change.recoloured, change.released), (3, 0, 1));
        let none = registry.compare_rules(&one_test, at(DAY) + SignedDuration::from_secs(60));
        assert_eq!(none.released, 0, "the result is not reported yet");
    }
}
