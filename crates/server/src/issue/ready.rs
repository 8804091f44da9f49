//! Signed codes kept ready: most displays are answered without signing or serialising anything.
//!
//! A ready code is used while the person's entry has not changed, its colour and its test badge can't have
//! changed, and it is at most half a minute old. The credential inside is signed anew only when what it says
//! has changed or half its life is over.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderValue;
use bytes::Bytes;
use jiff::Timestamp;
use yimatong_credential::Kind;
use yimatong_model::colour::Colour;
use yimatong_model::ids::{PersonId, Slot};
use yimatong_store::PersonState;

use crate::app::App;
use crate::issue::code::{DEVICE_LIFETIME_S, IssuedCredential};
use crate::problem::{Code as ProblemCode, Problem};
use crate::registry::View;

/// How long the text of an answer is used again, in seconds.
const REUSED_FOR_S: i64 = 30;
const SHARDS: usize = 64;

/// How old an answer may be while the processor is the bottleneck, in seconds.
const DEGRADED_FOR_S: i64 = 600;

/// What is shown.
#[derive(Debug)]
pub struct Shown {
    /// The answer.
    pub code: Arc<ReadyCode>,
    /// It is one of an earlier time, because a newer one could not be made now.
    pub degraded: bool,
}

/// An answer to "show my code".
#[derive(Debug)]
pub struct ReadyCode {
    /// The JSON.
    pub body: Bytes,
    /// Its entity tag.
    pub etag: HeaderValue,
    version: u32,
    colour: Colour,
    /// When the answer was made, Unix seconds.
    pub made_s: i64,
    shows_vaccine: bool,
    device_key: [u8; 64],
    fresh_until_s: i64,
    issued: IssuedCredential,
}

/// Some of the ready codes, behind one lock.
type Shard = Mutex<HashMap<Slot, Arc<ReadyCode>>>;

/// The ready codes of all devices, at most so many.
#[derive(Debug)]
pub struct ReadyCodes {
    shards: Box<[Shard]>,
    most_per_shard: usize,
}

impl ReadyCodes {
    /// Room for about `most` codes of about 2 kB each.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            most_per_shard: (most / SHARDS).max(1),
        }
    }

    fn shard(&self, slot: Slot) -> std::sync::MutexGuard<'_, HashMap<Slot, Arc<ReadyCode>>> {
        self.shards[slot.0 as usize % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, slot: Slot) -> Option<Arc<ReadyCode>> {
        self.shard(slot).get(&slot).cloned()
    }

    fn put(&self, slot: Slot, code: Arc<ReadyCode>) {
        let mut shard = self.shard(slot);
        if shard.len() >= self.most_per_shard && !shard.contains_key(&slot) {
            // A full shard starts over: a signature costs 20 us, a list of least recent use costs every display.
            shard.clear();
        }
        shard.insert(slot, code);
    }
}

impl App {
    /// The code of `person` in `slot`, shown by the device with this key.
    pub fn show(
        &self,
        person: PersonId,
        slot: Slot,
        kind: Kind,
        device_key: &[u8; 64],
        now: Timestamp,
    ) -> Result<Shown, Problem> {
        let ready = self.ready_codes.get(slot).filter(|ready| &ready.device_key == device_key);
        let Some(entry) = self.registry.entry(person) else { return self.show_last(ready, now) };
        let version = entry.version();
        if let Some(ready) = &ready
            && ready.version == version
            && ready.shows_vaccine == self.shows_vaccine()
        {
            if now.as_second() < ready.fresh_until_s {
                return Ok(Shown { code: Arc::clone(ready), degraded: false });
            }
            if self.overload.lag.is_busy() && now.as_second() - ready.made_s < DEGRADED_FOR_S {
                return Ok(Shown { code: Arc::clone(ready), degraded: true });
            }
        }
        let view = self.view(person, now)?;
        let code = Arc::new(self.make_ready(&view, slot, kind, device_key, ready.as_deref(), now)?);
        self.ready_codes.put(slot, Arc::clone(&code));
        Ok(Shown { code, degraded: false })
    }

    /// The code of a person whom a verb has just changed, who may be of another part; takes that over.
    pub(crate) fn show_after(
        &self,
        state: &PersonState,
        slot: Slot,
        kind: Kind,
        device_key: &[u8; 64],
        now: Timestamp,
    ) -> Result<Arc<ReadyCode>, Problem> {
        let view = self.view_after(state, now)?;
        if self.registry.part().holds(state.person_id) {
            return Ok(self.show(state.person_id, slot, kind, device_key, now)?.code);
        }
        Ok(Arc::new(self.make_ready(&view, slot, kind, device_key, None, now)?))
    }

    /// While the city is being read anew a device sees the code it was given last.
    fn show_last(&self, ready: Option<Arc<ReadyCode>>, now: Timestamp) -> Result<Shown, Problem> {
        if !self.registry.is_loading() {
            return Err(Problem::new(ProblemCode::NotRegistered));
        }
        let usable = ready.filter(|ready| now.as_second() < ready.issued.expires_s);
        let code = usable.ok_or_else(|| Problem::new(ProblemCode::Starting).retry_after_s(3))?;
        Ok(Shown { code, degraded: true })
    }

    fn make_ready(
        &self,
        view: &View,
        slot: Slot,
        kind: Kind,
        device_key: &[u8; 64],
        before: Option<&ReadyCode>,
        now: Timestamp,
    ) -> Result<ReadyCode, Problem> {
        let version = view.entry.version();
        let colour = view.decision.colour;
        let still_says_it = |before: &&ReadyCode| {
            before.version == version
                && before.colour == colour
                && now.as_second() - before.issued.issued_s < DEVICE_LIFETIME_S / 2
        };
        let issued = match before.filter(still_says_it) {
            Some(before) => before.issued.clone(),
            None => self.issue(view, slot, kind, Some(device_key), now)?,
        };
        let code = self.code(view, kind, &issued, now);
        let campaign = code.reasons.iter().find_map(|reason| reason.campaign);
        let etag = format!(
            "\"{version:x}-{:x}-{}-{}-{}{}{}\"",
            issued.issued_s,
            colour.as_u8(),
            code.test.as_ref().map_or("none", |test| test.badge),
            view.decision.active.iter().map(|code| code.as_u8().to_string()).collect::<Vec<_>>().join("."),
            if self.shows_vaccine() { "" } else { "-v" },
            // A node may hear of a reason before it hears of the closing that gave it.
            campaign.map_or_else(String::new, |number| format!("-n{number}")),
        );
        Ok(ReadyCode {
            body: serde_json::to_vec(&code).expect("a code always serialises").into(),
            etag: HeaderValue::try_from(etag).expect("digits, letters and dashes fit a header"),
            version,
            colour,
            made_s: now.as_second(),
            shows_vaccine: self.shows_vaccine(),
            device_key: *device_key,
            fresh_until_s: self.fresh_until_s(view, now),
            issued,
        })
    }

    /// The next moment something in the answer may change by itself.
    fn fresh_until_s(&self, view: &View, now: Timestamp) -> i64 {
        let reference = self.registry.rules().clock;
        let now_s = now.as_second();
        let badge_changes = view.entry.results().next().into_iter().flat_map(|result| {
            let from_s = reference.instant(&result).as_second();
            [0, 24, 48, 72].map(|hours| from_s + hours * 3_600 + 1)
        });
        badge_changes
            .chain(view.decision.changes_at.map(Timestamp::as_second))
            .filter(|change_s| *change_s > now_s)
            .chain([now_s + REUSED_FOR_S])
            .min()
            .unwrap_or(now_s)
    }
}
