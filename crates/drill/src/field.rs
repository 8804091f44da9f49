//! A round in the street: samplers' devices sync what they bound and labs post results of tubes, at a pace of their own
//! whatever else goes on. A batch that is not taken is sent again, as devices do; that it was refused is counted.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use anyhow::Context as _;
use hyper::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::client::Ask;
use crate::clock::{monotonic_ns, ns};
use crate::scenario::Field;
use crate::world::{Server, World};

/// People in a tube.
const TUBE: u64 = 10;
/// Most tubes in a batch of a lab.
const TUBES_AT_ONCE: usize = 100;
/// One tube in so many is positive.
const POSITIVE: u64 = 50;
/// A batch that was not taken is sent again so often, a second apart.
const TRIES: u32 = 30;

/// The people at work, signed in.
pub(crate) struct Crew {
    field: Field,
    sampler: String,
    lab: String,
    /// When the round began by the server's clock: the time of all samples and results.
    time: String,
    /// Tubes whose samples are acknowledged and that no lab has yet.
    tubes: RefCell<VecDeque<u64>>,
    /// Everything that was acknowledged.
    acknowledged: RefCell<Vec<Ask>>,
    next: Cell<u64>,
}

impl Crew {
    /// Signs in with the accounts of a demo.
    pub(crate) async fn sign_in(server: &Server, field: Field) -> anyhow::Result<Rc<Self>> {
        let told = read(server, &Ask::get("/v1/server"), StatusCode::OK).await?;
        let time = told["time"].as_str().context("GET /v1/server tells no time")?.to_owned();
        let accounts = read(server, &Ask::get("/v1/demo/accounts"), StatusCode::OK).await?;
        let accounts = accounts["items"].as_array().context("there are no demo accounts")?;
        let mut tokens = Vec::new();
        for role in ["sampler", "lab"] {
            let account = accounts.iter().find(|account| account["role"] == role);
            let account = account.with_context(|| format!("the demo has no {role}"))?;
            let body = json!({
                "name": account["name"], "password": account["password"], "totp": account["totp"],
            });
            let ask = Ask::post("/v1/staff/sessions", body.to_string());
            let signed_in = read(server, &ask, StatusCode::CREATED).await?;
            tokens.push(signed_in["token"].as_str().context("no token")?.to_owned());
        }
        let (lab, sampler) = (tokens.pop().unwrap_or_default(), tokens.pop().unwrap_or_default());
        let (tubes, acknowledged) = (RefCell::default(), RefCell::default());
        Ok(Rc::new(Self { field, sampler, lab, time, tubes, acknowledged, next: Cell::new(0) }))
    }

    /// Begins the work; it ends when the run is closed.
    pub(crate) fn begin(self: &Rc<Self>, world: &Rc<World>, begin_ns: u64, seed: u64) -> JoinSet<()> {
        let mut at_work = JoinSet::new();
        for device in 0..self.field.devices {
            let (crew, world) = (Rc::clone(self), Rc::clone(world));
            at_work.spawn_local(async move { crew.sample(&world, begin_ns, seed, device).await });
        }
        for lab in 0..self.field.labs {
            let (crew, world) = (Rc::clone(self), Rc::clone(world));
            at_work.spawn_local(async move { crew.test(&world, begin_ns, lab).await });
        }
        at_work
    }

    async fn sample(&self, world: &World, begin_ns: u64, seed: u64, device: u32) {
        let every_s = self.field.sync_every_s;
        let offset_s = every_s * f64::from(device) / f64::from(self.field.devices);
        for n in 0_u64.. {
            let at_ns = begin_ns + ns(offset_s + n as f64 * every_s);
            world.until(at_ns).await;
            if world.closed.get() {
                return;
            }
            let (ask, tubes) = self.batch(&world.server, seed, device);
            if self.send(world, "sync", ask, at_ns).await {
                self.tubes.borrow_mut().extend(tubes);
            }
        }
    }

    /// A batch of a device, with the tubes in it.
    fn batch(&self, server: &Server, seed: u64, device: u32) -> (Ask, Vec<u64>) {
        let tubes: Vec<u64> =
            (0..u64::from(self.field.samples).div_ceil(TUBE)).map(|_| self.number()).collect();
        let sample = |tube: u64, place: u64| {
            json!({
                "id": uuid(seed, tube * TUBE + place), "tube": barcode(tube), "size": TUBE, "household": false,
                "person": {
                    "document": { "kind": "resident-id", "number": server.people.next().document }, "name": "李小明",
                },
                "sampled": self.time, "source": "typed",
            })
        };
        let samples: Vec<Value> = tubes
            .iter()
            .flat_map(|tube| (0..TUBE).map(move |place| (*tube, place)))
            .map(|(t, p)| sample(t, p))
            .collect();
        let body = json!({ "device": uuid(seed, u64::from(device)), "pointId": 1, "samples": samples });
        let ask = Ask::post("/v1/samples", body.to_string()).signed_in(&self.sampler);
        (ask.with("yimatong-device", &format!("drill-sampler-{device}")), tubes)
    }

    fn number(&self) -> u64 {
        self.next.replace(self.next.get() + 1)
    }

    async fn test(&self, world: &World, begin_ns: u64, lab: u32) {
        let every_s = self.field.post_every_s;
        let offset_s = every_s * f64::from(lab) / f64::from(self.field.labs);
        for n in 1_u64.. {
            let at_ns = begin_ns + ns(offset_s + n as f64 * every_s);
            world.until(at_ns).await;
            if world.closed.get() {
                return;
            }
            let tubes: Vec<u64> = {
                let mut waiting = self.tubes.borrow_mut();
                let most = waiting.len().min(TUBES_AT_ONCE);
                waiting.drain(..most).collect()
            };
            if !tubes.is_empty() {
                self.send(world, "post-results", self.results(&tubes, lab), at_ns).await;
            }
        }
    }

    fn results(&self, tubes: &[u64], lab: u32) -> Ask {
        let result = |tube: &u64| {
            let outcome = if tube.is_multiple_of(POSITIVE) { "positive" } else { "negative" };
            json!({
                "id": uuid(u64::from(lab), *tube), "tube": barcode(*tube), "outcome": outcome, "method": "naat",
                "received": self.time, "reported": self.time, "institution": "演练检测实验室",
            })
        };
        let results: Vec<Value> = tubes.iter().map(result).collect();
        let ask =
            Ask::post("/v1/tube-results", json!({ "results": results }).to_string()).signed_in(&self.lab);
        ask.with("yimatong-device", &format!("drill-lab-{lab}"))
    }

    /// Sends a batch until it is taken; whether it was.
    async fn send(&self, world: &World, step: &'static str, ask: Ask, at_ns: u64) -> bool {
        let mut at_ns = at_ns;
        for tries in 1..=TRIES {
            world.until(at_ns).await;
            let sent = |sent_ns| world.recorder().sent(at_ns, sent_ns, tries == 1);
            let answer = world.server.client.send(&ask, sent).await;
            let now_ns = monotonic_ns();
            let mut recorder = world.recorder();
            recorder.measured.field.batches += 1;
            if let Ok(answer) = answer
                && answer.status == StatusCode::OK
            {
                recorder.latency(step, now_ns.saturating_sub(at_ns));
                let rows = rows(&answer.body);
                recorder.measured.field.rows += rows.taken;
                recorder.measured.field.rows_refused += rows.refused;
                self.acknowledged.borrow_mut().push(ask);
                return true;
            }
            recorder.measured.field.refused += 1;
            at_ns = now_ns + ns(1.0);
        }
        false
    }

    /// Sends everything acknowledged once more: what is recorded only now had been lost.
    pub(crate) async fn lost(&self, server: &Server) -> anyhow::Result<u64> {
        let mut lost = 0;
        for ask in &self.acknowledged.take() {
            let mut tries = 0;
            let answer = loop {
                match server.client.send(ask, |_| {}).await {
                    Ok(answer) if answer.status == StatusCode::OK => break answer,
                    _ => {
                        tries += 1;
                        anyhow::ensure!(tries < TRIES, "a batch that was taken before is not taken again");
                        server.timers.sleep_until(monotonic_ns() + ns(1.0)).await;
                    }
                }
            };
            lost += rows(&answer.body).taken;
        }
        Ok(lost)
    }
}

/// How many rows of an answer were recorded, and how many refused.
struct Rows {
    taken: u64,
    refused: u64,
}

fn rows(body: &[u8]) -> Rows {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let rows = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let count = |status: &str| rows.iter().filter(|row| row["status"] == status).count() as u64;
    Rows { taken: count("recorded"), refused: count("rejected") }
}

async fn read(server: &Server, ask: &Ask, status: StatusCode) -> anyhow::Result<Value> {
    let answer = server.client.send(ask, |_| {}).await;
    let answer = answer.map_err(|_| anyhow::anyhow!("{} was not answered", ask.path))?;
    anyhow::ensure!(answer.status == status, "{}: {}", ask.path, String::from_utf8_lossy(&answer.body));
    Ok(serde_json::from_slice(&answer.body)?)
}

fn barcode(tube: u64) -> String {
    format!("DRILL-{tube:010}")
}

fn uuid(high: u64, low: u64) -> String {
    let hex = format!("{high:016x}{low:016x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_an_answer_are_counted_by_what_became_of_them() {
        let body = br#"{"items":[{"status":"recorded"},{"status":"rejected"},{"status":"duplicate"},{"status":"recorded"}]}"#;
        let counted = rows(body);
        assert_eq!((counted.taken, counted.refused), (2, 1));
        assert_eq!(rows(b"<html>").taken, 0);
    }

    #[test]
    fn ids_are_uuids_and_differ() {
        assert_eq!(uuid(1, 255), "00000000-0000-0001-0000-0000000000ff");
        assert_ne!(uuid(1, 2), uuid(2, 1));
    }
}
