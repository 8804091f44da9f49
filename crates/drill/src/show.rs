//! Somebody who shows a code at a gate.

use std::time::Duration;

use hyper::StatusCode;
use rand::rngs::SmallRng;

use crate::client::Ask;
use crate::clock::{monotonic_ns, ns};
use crate::retry::{Next, Temper};
use crate::world::{Resident, World};

/// Nobody stands at a gate for longer than this many tries.
const MOST_TRIES: u32 = 20;
/// A code that comes later than this is no help at a gate, in seconds.
const LATEST_S: f64 = 5.0;

/// Asks for the code until it comes.
pub(crate) async fn show(world: &World, resident: &Resident, temper: Temper, rng: &mut SmallRng, at_ns: u64) {
    let mut at_ns = at_ns;
    let mut afresh = false;
    for tries in 1..=MOST_TRIES {
        world.until(at_ns).await;
        let waits_s = temper.waits_s(rng).min(LATEST_S);
        let Err(waited) = attempt(world, resident, waits_s, afresh, (tries == 1, at_ns)).await else {
            return;
        };
        let Next::Again { after_s, afresh: again, .. } = temper.next(tries, None, waited, rng) else {
            return;
        };
        (afresh, at_ns) = (again, monotonic_ns() + ns(after_s));
    }
}

/// Looks at the history of results once. It may be refused: the code says what is newest.
pub(crate) async fn look_at_results(world: &World, resident: &Resident) {
    let at_ns = monotonic_ns();
    let ask = Ask::get("/v1/results").signed_in(&resident.session);
    let asked = world.server.client.send(&ask, |sent_ns| world.recorder().sent(at_ns, sent_ns, false));
    let answer = tokio::time::timeout(Duration::from_secs_f64(LATEST_S), asked).await;
    if let Ok(Ok(answer)) = answer {
        let step = if answer.status == StatusCode::OK { "results" } else { "results-refused" };
        world.recorder().latency(step, monotonic_ns().saturating_sub(at_ns));
    }
}

/// One try; the error says whether the person waited in vain.
async fn attempt(
    world: &World,
    resident: &Resident,
    waits_s: f64,
    afresh: bool,
    (is_first, at_ns): (bool, u64),
) -> Result<(), bool> {
    let mut ask = Ask::get("/v1/code").signed_in(&resident.session);
    ask.afresh = afresh;
    let sent = |sent_ns| world.recorder().sent(at_ns, sent_ns, is_first);
    let asked = world.server.client.send(&ask, sent);
    let answer = tokio::time::timeout(Duration::from_secs_f64(waits_s), asked).await;
    let now_ns = monotonic_ns();
    let waited = answer.is_err();
    let mut recorder = world.recorder();
    let mut done = false;
    if let Ok(Ok(answer)) = answer {
        recorder.latency("show", now_ns.saturating_sub(at_ns));
        done = answer.status == StatusCode::OK;
        recorder.measured.shows_degraded += u64::from(done && answer.header("yimatong-as-of").is_some());
    }
    recorder.measured.shows += 1;
    recorder.measured.shows_done += u64::from(done);
    recorder.measured.shows_shown += u64::from(done || resident.holds_code);
    let window = recorder.window(now_ns);
    window.shows += 1;
    window.shows_done += u64::from(done);
    if done { Ok(()) } else { Err(waited) }
}
