//! C: what the server finishes per second when a few workers do nothing but flows, one after the other.

use std::cell::RefCell;
use std::rc::Rc;

use crate::clock::{monotonic_ns, ns};
use crate::flow::{Step, one_time_password, phone_body, request, resident};
use crate::measured::Capacity;
use crate::world::Server;

/// Workers: more than a server has permits at first, so that it learns what it can do. A worker that gets a ticket never shows
/// it, so no line comes of them.
const WORKERS: u32 = 24;
/// Until the server has warmed up, in seconds.
const WARM_S: f64 = 1.0;
/// A worker that was refused asks again after this time, in seconds.
const PAUSE_S: f64 = 0.05;
/// One person registers within this time, in seconds.
const LONGEST_S: f64 = 30.0;

#[derive(Default)]
struct Done {
    flows: f64,
    requests: u64,
}

/// Measures for `windows` seconds after warming up.
pub(crate) async fn measure(server: Rc<Server>, windows: u32) -> anyhow::Result<Capacity> {
    let begin_ns = monotonic_ns() + ns(WARM_S);
    let end_ns = begin_ns + ns(f64::from(windows));
    let counts: Vec<Done> = (0..windows).map(|_| Done::default()).collect();
    let counts = Rc::new(RefCell::new(counts));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..WORKERS {
        workers.spawn_local(work(Rc::clone(&server), Rc::clone(&counts), begin_ns, end_ns));
    }
    while let Some(done) = workers.join_next().await {
        done??;
    }
    let counts = counts.borrow();
    let flows: Vec<f64> = counts.iter().map(|done| done.flows).collect();
    let requests = counts.iter().map(|done| done.requests as f64).collect();
    let flows_per_s = median(flows.clone());
    anyhow::ensure!(flows_per_s > 0.0, "the server finished no flow in {windows} s, so there is no C");
    Ok(Capacity {
        protection: String::new(),
        flows_per_s,
        requests_per_s: median(requests),
        workers: WORKERS,
        windows: flows,
        bound_per_s: None,
        connections: None,
    })
}

async fn work(
    server: Rc<Server>,
    counts: Rc<RefCell<Vec<Done>>>,
    begin_ns: u64,
    end_ns: u64,
) -> anyhow::Result<()> {
    let count = |step: Step| {
        let now_ns = monotonic_ns();
        let window = now_ns.checked_sub(begin_ns).map(|since_ns| (since_ns / 1_000_000_000) as usize);
        let mut counts = counts.borrow_mut();
        if let Some(done) = window.and_then(|window| counts.get_mut(window)) {
            done.flows += step.share();
            done.requests += 1;
        }
    };
    while monotonic_ns() < end_ns && flow(&server, end_ns, &count).await? {}
    Ok(())
}

/// Lets so many people register, one after the other.
pub(crate) async fn register(server: Rc<Server>, people: u32) -> anyhow::Result<()> {
    for _ in 0..people {
        let end_ns = monotonic_ns() + ns(LONGEST_S);
        anyhow::ensure!(flow(&server, end_ns, &|_| {}).await?, "nobody could register in {LONGEST_S} s");
    }
    Ok(())
}

/// One flow without any pause; false when the time was over first.
async fn flow(server: &Server, end_ns: u64, count: &impl Fn(Step)) -> anyhow::Result<bool> {
    let person = server.people.next();
    // A phone number is as good a device id as any.
    let request = |step, body| request(step, body, &person.phone).with("yimatong-device", &person.phone);
    let ask = request(Step::OneTimePassword, phone_body(&person.phone));
    let Some((sent, pass)) = answered(server, ask, end_ns).await? else { return Ok(false) };
    count(Step::OneTimePassword);
    let password = one_time_password(&sent)
        .ok_or_else(|| anyhow::anyhow!("the server tells no one-time password: it is no demo city"))?;
    let body = server.people.registration(&person, &password);
    let mut ask = request(Step::Register, body);
    if let Some(pass) = pass {
        ask = ask.with("yimatong-pass", &pass);
    }
    let Some((opened, _)) = answered(server, ask, end_ns).await? else { return Ok(false) };
    count(Step::Register);
    let resident =
        resident(&opened).ok_or_else(|| anyhow::anyhow!("a registration answered without a session"))?;
    server.residents.borrow_mut().push(Rc::new(resident));
    Ok(true)
}

/// The good answer and the pass with it; refusals are asked again until the end.
async fn answered(
    server: &Server,
    ask: crate::client::Ask,
    end_ns: u64,
) -> anyhow::Result<Option<(crate::client::Answer, Option<String>)>> {
    while monotonic_ns() < end_ns {
        let answer = server.client.send(&ask, |_| {}).await;
        let answer = answer.map_err(|failure| anyhow::anyhow!("{}: {failure:?}", ask.path))?;
        if answer.status.is_success() {
            let pass = answer.header("yimatong-pass").map(str::to_owned);
            return Ok(Some((answer, pass)));
        }
        let refused = matches!(answer.status.as_u16(), 429 | 503);
        anyhow::ensure!(
            refused,
            "{} answered {}: {}",
            ask.path,
            answer.status,
            String::from_utf8_lossy(&answer.body)
        );
        server.timers.sleep_until(monotonic_ns() + ns(PAUSE_S)).await;
    }
    Ok(None)
}

/// The middle value.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
