//! When people come: a Poisson process whose rate follows the stages, decided by the seed alone. It is made as it is
//! needed and never looks at the server.

use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use rand_distr::{Distribution as _, Exp};

use crate::measured::Stage;
use crate::retry::Model;
use crate::scenario::{Mix, Scenario};

/// Somebody arrives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Arrival {
    /// Seconds since the begin.
    pub(crate) at_s: f64,
    pub(crate) wants: Wants,
    pub(crate) model: Model,
    /// Seed of everything this person does.
    pub(crate) seed: u64,
}

/// What somebody comes for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    /// To begin a flow.
    Flow,
    /// To show a code.
    Show,
}

/// The stages of a scenario with their times.
pub(crate) fn stages(scenario: &Scenario) -> Vec<Stage> {
    let mut from_s = 0.0;
    let stage = |load: &crate::scenario::Load| {
        let until_s = from_s + load.for_s;
        let stage = Stage { from_s, until_s, from: load.from, to: load.to() };
        from_s = until_s;
        stage
    };
    scenario.load.iter().map(stage).collect()
}

/// The load at a moment, as a multiple of C; nobody comes after the last stage.
pub(crate) fn load_at(stages: &[Stage], at_s: f64) -> f64 {
    let stage = stages.iter().find(|stage| (stage.from_s..stage.until_s).contains(&at_s));
    stage.map_or(0.0, |stage| {
        stage.from + (stage.to - stage.from) * (at_s - stage.from_s) / (stage.until_s - stage.from_s)
    })
}

/// All arrivals in order of time.
pub(crate) struct Schedule {
    rng: SmallRng,
    mix: Mix,
    capacity_per_s: f64,
    stages: Vec<Stage>,
    /// The number of the stage after this one.
    next: usize,
    stage: Option<Stage>,
    at_s: f64,
}

impl Schedule {
    pub(crate) fn new(stages: &[Stage], mix: Mix, capacity_per_s: f64, seed: u64) -> Self {
        let stage = stages.first().copied();
        let stages = stages.to_vec();
        Self { rng: SmallRng::seed_from_u64(seed), mix, capacity_per_s, stages, next: 1, stage, at_s: 0.0 }
    }

    /// Share of shown codes after which results are looked at.
    pub(crate) fn results_per_show(&self) -> f64 {
        self.mix.results_per_show
    }
}

impl Iterator for Schedule {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        let people = 1.0 + self.mix.shows_per_flow;
        loop {
            let stage = self.stage?;
            let most_per_s = stage.from.max(stage.to) * self.capacity_per_s * people;
            let pause_s = Exp::new(most_per_s).map_or(f64::INFINITY, |pauses| pauses.sample(&mut self.rng));
            self.at_s += pause_s;
            if self.at_s >= stage.until_s {
                // The process has no memory, so the next stage may begin afresh.
                self.at_s = stage.until_s;
                self.stage = self.stages.get(self.next).copied();
                self.next += 1;
                continue;
            }
            let load = load_at(&[stage], self.at_s);
            let (kept, wants, model, seed): (f64, f64, f64, u64) = self.rng.random();
            if kept * stage.from.max(stage.to) >= load {
                continue;
            }
            let wants = if wants * people < 1.0 { Wants::Flow } else { Wants::Show };
            return Some(Arrival { at_s: self.at_s, wants, model: self.mix.model(model), seed });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(from_s: f64, until_s: f64, from: f64, to: f64) -> Stage {
        Stage { from_s, until_s, from, to }
    }

    fn arrivals(seed: u64) -> Vec<Arrival> {
        let stages = [stage(0.0, 10.0, 0.5, 0.5), stage(10.0, 20.0, 0.0, 10.0), stage(20.0, 30.0, 0.0, 0.0)];
        Schedule::new(&stages, Mix::default(), 50.0, seed).collect()
    }

    #[test]
    fn the_seed_decides_everything() {
        assert_eq!(arrivals(7), arrivals(7));
        assert_ne!(arrivals(7), arrivals(8));
    }

    #[test]
    fn as_many_come_as_the_stages_say() {
        let all = arrivals(1);
        assert!(all.is_sorted_by(|a, b| a.at_s <= b.at_s));
        let flows = |from_s: f64, until_s: f64| {
            all.iter().filter(|a| a.wants == Wants::Flow && (from_s..until_s).contains(&a.at_s)).count()
                as f64
        };
        // Four standard deviations of a Poisson count.
        for (from_s, until_s, expected) in
            [(0.0, 10.0, 250.0_f64), (10.0, 15.0, 625.0), (15.0, 20.0, 1_875.0)]
        {
            let seen = flows(from_s, until_s);
            assert!((seen - expected).abs() < 4.0 * expected.sqrt(), "{from_s}: {seen} for {expected}");
        }
        assert!(all.iter().all(|arrival| arrival.at_s < 20.0));
        let shows = all.iter().filter(|arrival| arrival.wants == Wants::Show).count() as f64;
        assert!((shows / all.len() as f64 - 0.5).abs() < 0.05);
    }
}
