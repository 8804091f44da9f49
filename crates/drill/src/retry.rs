//! What people do when the server does not give them what they asked for.

use rand::Rng as _;
use rand::rngs::SmallRng;
use rand_distr::{Distribution as _, Exp};
use serde::{Deserialize, Serialize};

/// A way of behaving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Model {
    /// Asks once.
    None,
    /// Keeps to what the server says: Retry-After, full jitter, three tries; stays in the waiting room to the end.
    Polite,
    /// Waits 1 to 4 s for an answer, then loads the page again; most wait in the room, some leave it and come back; gives up
    /// after some minutes.
    Human,
    /// Throws tickets away and asks again after half a second as somebody new; every second one shows a ticket once first.
    Hostile,
}

/// Tries of a polite client.
const POLITE_TRIES: u32 = 3;
/// Tries of a hostile one, about half a minute.
const HOSTILE_TRIES: u32 = 60;
/// A client that keeps to the rules waits this long for an answer, in seconds.
const PATIENT_S: f64 = 10.0;
/// First pause of the exponential back-off, in seconds.
const BACKOFF_S: f64 = 1.0;

/// One person's way of behaving, with everything about it that is drawn once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Temper {
    pub(crate) model: Model,
    /// Gives up this long after arriving, in seconds.
    pub(crate) patience_s: f64,
    pub(crate) in_room: InRoom,
}

/// What somebody does with a ticket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum InRoom {
    /// Waits to be called.
    Stays,
    /// Closes the page after a while, and opens it again later.
    Returns { after_s: f64, away_s: f64 },
    /// Closes the page after a while for good.
    Leaves { after_s: f64 },
    /// Throws the ticket away and asks again; some show a first ticket once, and throw away the place.
    Discards { shows: bool },
}

/// What comes next after a try that failed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Next {
    /// Again after so many seconds.
    Again {
        /// The pause in seconds.
        after_s: f64,
        /// On a new connection: the page was loaded again.
        afresh: bool,
        /// With a new device id.
        as_new: bool,
        /// What `Yimatong-Attempt` says: a page that was loaded again begins anew.
        attempt: u32,
    },
    /// No more.
    GivesUp,
}

impl Temper {
    pub(crate) fn draw(model: Model, rng: &mut SmallRng) -> Self {
        let in_room = match model {
            Model::None | Model::Polite => InRoom::Stays,
            Model::Hostile => InRoom::Discards { shows: rng.random_bool(0.5) },
            Model::Human => match rng.random::<f64>() {
                x if x < 0.75 => InRoom::Stays,
                x if x < 0.95 => InRoom::Returns { after_s: exp(rng, 10.0), away_s: exp(rng, 30.0) },
                _ => InRoom::Leaves { after_s: exp(rng, 30.0) },
            },
        };
        let patience_s = match model {
            Model::Human => rng.random_range(180.0..600.0),
            Model::None | Model::Polite | Model::Hostile => f64::INFINITY,
        };
        Self { model, patience_s, in_room }
    }

    /// How long this person waits for one answer, in seconds.
    pub(crate) fn waits_s(&self, rng: &mut SmallRng) -> f64 {
        match self.model {
            Model::Human | Model::Hostile => rng.random_range(1.0..4.0),
            Model::None | Model::Polite => PATIENT_S,
        }
    }

    /// After `tries` tries without success. `retry_after_s` is what the server said; `waited` = the person waited
    /// for an answer, and none came.
    pub(crate) fn next(
        &self,
        tries: u32,
        retry_after_s: Option<f64>,
        waited: bool,
        rng: &mut SmallRng,
    ) -> Next {
        match self.model {
            Model::None => Next::GivesUp,
            Model::Polite if tries >= POLITE_TRIES => Next::GivesUp,
            Model::Polite => {
                let window_s = BACKOFF_S * f64::from(1_u32 << tries.min(6));
                let after_s = retry_after_s.unwrap_or(0.0) + rng.random_range(0.0..window_s);
                Next::Again { after_s, afresh: false, as_new: false, attempt: tries + 1 }
            }
            // Nobody who has just waited for nothing waits again before loading the page.
            Model::Human => {
                let after_s = if waited { 0.1 } else { exp(rng, 2.0).min(15.0) };
                Next::Again { after_s, afresh: waited, as_new: false, attempt: 1 }
            }
            Model::Hostile if tries >= HOSTILE_TRIES => Next::GivesUp,
            Model::Hostile => {
                Next::Again { after_s: exp(rng, 0.5), afresh: waited, as_new: true, attempt: 1 }
            }
        }
    }
}

/// A time drawn from the exponential distribution, in seconds.
pub(crate) fn exp(rng: &mut SmallRng, mean_s: f64) -> f64 {
    Exp::new(1.0 / mean_s).expect("a mean time is above zero").sample(rng)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn a_polite_client_waits_as_told_and_asks_three_times() {
        let mut rng = SmallRng::seed_from_u64(1);
        let temper = Temper::draw(Model::Polite, &mut rng);
        for tries in 1..3 {
            let Next::Again { after_s, attempt, as_new, .. } = temper.next(tries, Some(5.0), false, &mut rng)
            else {
                panic!("it asks again after {tries} tries");
            };
            assert!((5.0..5.0 + f64::from(1_u32 << tries)).contains(&after_s), "{after_s}");
            assert!(attempt == tries + 1 && !as_new);
        }
        assert_eq!(temper.next(3, None, false, &mut rng), Next::GivesUp);
        assert_eq!(temper.in_room, InRoom::Stays);
    }

    #[test]
    fn humans_load_the_page_again_and_mostly_wait_in_the_room() {
        let mut rng = SmallRng::seed_from_u64(2);
        let tempers: Vec<Temper> = (0..1_000).map(|_| Temper::draw(Model::Human, &mut rng)).collect();
        let staying = tempers.iter().filter(|temper| temper.in_room == InRoom::Stays).count();
        assert!((700..800).contains(&staying), "{staying}");
        assert!(tempers.iter().all(|temper| (1.0..4.0).contains(&temper.waits_s(&mut rng))));
        let next = tempers[0].next(40, None, true, &mut rng);
        assert!(matches!(next, Next::Again { afresh: true, as_new: false, attempt: 1, .. }), "{next:?}");
    }

    #[test]
    fn hostile_clients_come_as_somebody_new_and_end_some_time() {
        let mut rng = SmallRng::seed_from_u64(3);
        let temper = Temper::draw(Model::Hostile, &mut rng);
        assert!(matches!(temper.next(1, Some(8.0), false, &mut rng), Next::Again { as_new: true, .. }));
        assert_eq!(temper.next(HOSTILE_TRIES, None, false, &mut rng), Next::GivesUp);
        assert!(matches!(temper.in_room, InRoom::Discards { .. }));
    }
}
