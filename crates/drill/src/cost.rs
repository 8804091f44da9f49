//! What each kind of answer costs the server: processor time over closed loops of a fixed count, without what an idle server
//! needs in the same time.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;

use crate::client::{Answer, Ask};
use crate::clock::{monotonic_ns, ns, own_cpu_s, seconds};
use crate::faults::Faults;
use crate::flow::{Step, phone_body, request};
use crate::measured::Cost;
use crate::room::Ticketed;
use crate::world::Server;

/// Requests at a time, kept so few that the server is never without and never flooded.
const LOOPS: u32 = 16;
/// People who come at once to fill the waiting room.
const CROWD: u32 = 2_500;
/// A phone of that crowd may show its first ticket so often; each time it gets a place.
const SHOWN: u32 = 4;
/// A first ticket is shown after this time, in seconds.
const PATIENCE_S: f64 = 0.6;
/// The server alone is watched for so long, in seconds.
const IDLE_S: f64 = 1.0;
/// One answer of a closed loop is waited for this long, in seconds; held refusals take up to eight.
const WAITS_S: u64 = 15;

/// How many of each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) memory: u32,
    pub(crate) store: u32,
    pub(crate) held: u32,
}

/// Measures all kinds; one that the server never gives is left out.
pub(crate) async fn measure(
    server: Rc<Server>,
    faults: Arc<dyn Faults>,
    counts: Counts,
) -> anyhow::Result<Vec<Cost>> {
    let mut bench = Bench { server, faults, idle: 0.0 };
    bench.idle = bench.idle_share().await?;
    let mut costs = Vec::new();
    costs.extend(bench.show(counts.memory).await?);
    let read = read_results();
    costs.extend(bench.kind("serve", "b4", counts.store, LOOPS, read.clone(), |a| a.status == 200).await?);
    costs.extend(bench.kind("serve", "b3", counts.store, LOOPS, new_phone, |a| a.status == 202).await?);
    let tickets = bench.crowd().await;
    let shown = counts.memory.min(tickets.len() as u32 * SHOWN);
    costs.extend(bench.kind("refuse", "b3", shown, LOOPS, show_ticket(tickets), is_ticket).await?);
    costs.extend(bench.kind("poll", "b2", counts.memory, LOOPS, poll, |a| a.status == 200).await?);
    // Each of the held waits on a connection of its own, which is opened before.
    bench.kind("poll", "b2", counts.held, counts.held, poll, |a| a.status == 200).await?;
    costs.extend(bench.kind("refuse", "b4", counts.held, counts.held, read, |a| a.status == 429).await?);
    Ok(costs)
}

fn new_phone(server: &Server) -> Ask {
    let phone = server.people.phone();
    request(Step::OneTimePassword, phone_body(&phone), &phone).with("yimatong-device", &phone)
}

fn poll(_: &Server) -> Ask {
    Ask::get("/v1/room/now.json")
}

/// Residents in turn look up their results.
fn read_results() -> impl Fn(&Server) -> Ask + Clone + 'static {
    let next = Rc::new(Cell::new(0_usize));
    move |server| {
        let residents = server.residents.borrow();
        let n = next.replace(next.get() + 1) % residents.len().max(1);
        let ask = Ask::get("/v1/results");
        residents.get(n).map_or(ask.clone(), |resident| ask.signed_in(&resident.session))
    }
}

/// The people of the crowd in turn ask for places, and never come: there is always a line.
fn show_ticket(tickets: Vec<(String, String)>) -> impl Fn(&Server) -> Ask + Clone + 'static {
    let (next, tickets) = (Rc::new(Cell::new(0_usize)), Rc::new(tickets));
    move |_| {
        let n = next.replace(next.get() + 1) % tickets.len().max(1);
        let (phone, ticket) = tickets.get(n).cloned().unwrap_or_default();
        let ask = request(Step::OneTimePassword, phone_body(&phone), &phone);
        ask.with("yimatong-device", &phone).with("yimatong-ticket", &ticket)
    }
}

fn is_ticket(answer: &Answer) -> bool {
    answer.status == StatusCode::TOO_MANY_REQUESTS
        && answer.body.windows(9).any(|part| part == b"\"ticket\":")
}

struct Bench {
    server: Rc<Server>,
    faults: Arc<dyn Faults>,
    /// Processor time that the server needs in a second in which nobody comes, in seconds. Held refusals last for seconds.
    idle: f64,
}

impl Bench {
    async fn idle_share(&self) -> anyhow::Result<f64> {
        let before_s = self.faults.process().await?.cpu_s;
        self.server.timers.sleep_until(monotonic_ns() + ns(IDLE_S)).await;
        Ok((self.faults.process().await?.cpu_s - before_s).max(0.0) / IDLE_S)
    }

    async fn show(&self, count: u32) -> anyhow::Result<Option<Cost>> {
        let Some(resident) = self.server.residents.borrow().first().map(Rc::clone) else { return Ok(None) };
        let ask = move |_: &Server| Ask::get("/v1/code").signed_in(&resident.session);
        self.kind("show", "b2", count, LOOPS, ask, |answer| answer.status == 200).await
    }

    /// More people at once than the gate takes: the phones of those who got a ticket, with it. They have shown it, so there is
    /// a line, and will not come.
    async fn crowd(&self) -> Vec<(String, String)> {
        let mut people = tokio::task::JoinSet::new();
        for _ in 0..CROWD {
            let (server, phone) = (Rc::clone(&self.server), self.server.people.phone());
            people.spawn_local(async move {
                let ask = request(Step::OneTimePassword, phone_body(&phone), &phone);
                let ask = ask.with("yimatong-device", &phone);
                let sent = server.client.send(&ask, |_| {});
                let answer = tokio::time::timeout(Duration::from_millis(300), sent).await.ok()?.ok()?;
                let ticket = serde_json::from_slice::<Ticketed>(&answer.body).ok()?.ticket;
                server.timers.sleep_until(monotonic_ns() + ns(PATIENCE_S)).await;
                let ask = ask.with("yimatong-ticket", &ticket);
                let shown = server.client.send(&ask, |_| {});
                tokio::time::timeout(Duration::from_millis(300), shown).await.ok()?.ok()?;
                Some((phone, ticket))
            });
        }
        let mut tickets = Vec::new();
        while let Some(person) = people.join_next().await {
            tickets.extend(person.ok().flatten());
        }
        tickets
    }

    /// Answers of one kind. Nothing when fewer than nine in ten were of that kind.
    async fn kind(
        &self,
        kind: &str,
        class: &str,
        count: u32,
        loops: u32,
        ask: impl Fn(&Server) -> Ask + Clone + 'static,
        fits: impl Fn(&Answer) -> bool + Copy + 'static,
    ) -> anyhow::Result<Option<Cost>> {
        let (left, fitting, answers) =
            (Rc::new(Cell::new(count)), Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let (server_s, drill_s) = (self.faults.process().await?.cpu_s, own_cpu_s());
        let begun_ns = monotonic_ns();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..loops {
            let (server, ask) = (Rc::clone(&self.server), ask.clone());
            let (left, fitting, answers) = (Rc::clone(&left), Rc::clone(&fitting), Rc::clone(&answers));
            tasks.spawn_local(async move {
                while left.get() > 0 {
                    left.set(left.get() - 1);
                    let ask = ask(&server);
                    let sent = server.client.send(&ask, |_| {});
                    let Ok(Ok(answer)) = tokio::time::timeout(Duration::from_secs(WAITS_S), sent).await
                    else {
                        continue;
                    };
                    answers.set(answers.get() + 1);
                    fitting.set(fitting.get() + u64::from(fits(&answer)));
                }
            });
        }
        while tasks.join_next().await.is_some() {}
        // What the server still does for these answers belongs to them.
        self.server.timers.sleep_until(monotonic_ns() + ns(0.05)).await;
        let idle_s = self.idle * seconds(monotonic_ns() - begun_ns);
        let server_s = (self.faults.process().await?.cpu_s - server_s - idle_s).max(0.0);
        let drill_s = own_cpu_s() - drill_s;
        let (answers, fitting) = (answers.get(), fitting.get());
        if answers == 0 || (fitting as f64) < 0.9 * f64::from(count) {
            return Ok(None);
        }
        let per_answer_us = |seconds: f64| seconds * 1e6 / answers as f64;
        Ok(Some(Cost {
            kind: kind.to_owned(),
            class: class.to_owned(),
            count: answers,
            cpu_us: per_answer_us(server_s),
            drill_us: per_answer_us(drill_s),
        }))
    }
}
