//! The waiting room of this node: the prebuilt `now.json`, the tickets, and the row that it shares with the other nodes.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use axum::http::HeaderValue;
use bytes::Bytes;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::time::{Instant, timeout_at};
use yimatong_overload::{
    AdmissionState, Entry, Now, Room, RoomFigures, RoomRow, RoomSettings, RoomStep, Ticket,
};
use yimatong_store::{StoreError, with_deadline};

use super::Overload;
use super::operations::Notice;
use super::origin::Origin;
use crate::app::App;
use crate::clock::seldom;
use crate::digest::etag;

/// How often places are called and `now.json` is made anew.
pub(crate) const EVERY: Duration = Duration::from_millis(250);
/// How often the row is read when this node has nothing to add to it.
const READ_EVERY: Duration = Duration::from_secs(1);
/// A store that keeps the row for longer than this has paused the room.
const PAUSED_AFTER: Duration = Duration::from_secs(2);
/// A store that has not answered by then has failed. What still waits there is not done any more; a step that it had begun may
/// yet be taken and is then told twice: some places that nobody has, which harm nobody.
const SYNC_WITHIN: Duration = Duration::from_secs(10);

/// What everybody gets to see of the room.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoomNow {
    /// Places below this one have been called.
    serving: u64,
    /// The next place to be given out.
    issued: u64,
    /// Places called per second.
    rate_per_s: f64,
    /// Shortest time between two polls, in seconds.
    poll_s: f64,
    /// Longest time between two polls, in seconds.
    longest_poll_s: f64,
    /// A first ticket gets a place when it is shown after so many seconds.
    place_after_s: f64,
    /// How long a called person may take to come, in seconds.
    claim_s: u32,
    /// The store is away: nobody is called just now, and every place is kept.
    paused: bool,
    #[schemars(with = "String")]
    as_of: Timestamp,
    notice: Option<Notice>,
}

impl RoomNow {
    fn of(
        figures: &RoomFigures,
        claim_s: u32,
        paused: bool,
        as_of: Timestamp,
        notice: Option<Notice>,
    ) -> Self {
        let hundredths = |value: f64| (value * 100.0).round() / 100.0;
        Self {
            serving: figures.serving,
            issued: figures.issued,
            rate_per_s: hundredths(figures.rate_per_s),
            poll_s: hundredths(figures.poll_s),
            longest_poll_s: hundredths(figures.longest_poll_s),
            place_after_s: figures.place_after_s,
            claim_s,
            paused,
            as_of,
            notice,
        }
    }

    /// Shortest time between two polls, in seconds.
    pub(super) fn poll_s(&self) -> f64 {
        self.poll_s
    }

    /// When to show a first ticket, in seconds.
    pub(super) fn place_after_s(&self) -> f64 {
        self.place_after_s
    }
}

/// `now.json`, ready to send.
#[derive(Debug)]
pub(crate) struct Published {
    now: RoomNow,
    pub(crate) body: Bytes,
    pub(crate) etag: HeaderValue,
}

/// What the store is asked.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Step(RoomStep),
    Row,
}

/// How the row and this node stand to one another.
#[derive(Debug, Default)]
struct Sync {
    /// The store is being asked.
    under_way: bool,
    /// Since when it has not answered well.
    waiting_since: Option<Now>,
    /// When it answered well last.
    done: Now,
}

/// The waiting room.
#[derive(Debug)]
pub(crate) struct WaitingRoom {
    room: Mutex<Room>,
    sync: Mutex<Sync>,
    published: RwLock<Arc<Published>>,
    settings: RwLock<RoomSettings>,
    /// When its trouble with the store was logged last.
    told: AtomicU64,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl WaitingRoom {
    pub(crate) fn new(settings: RoomSettings) -> Self {
        let room = Room::new(settings, RoomRow::default(), Now::ZERO);
        let now = RoomNow::of(&room.figures(), settings.claim_s, false, Timestamp::UNIX_EPOCH, None);
        let nothing = Published { now, body: Bytes::new(), etag: HeaderValue::from_static("\"\"") };
        Self {
            room: Mutex::new(room),
            sync: Mutex::default(),
            published: RwLock::new(Arc::new(nothing)),
            settings: RwLock::new(settings),
            told: AtomicU64::new(0),
        }
    }

    /// The rules of the room.
    pub(crate) fn rules(&self) -> MutexGuard<'_, Room> {
        locked(&self.room)
    }

    /// New settings from an operator.
    pub(crate) fn change(&self, settings: RoomSettings) {
        self.rules().change(settings);
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = settings;
    }

    /// The latest `now.json`.
    pub(crate) fn published(&self) -> Arc<Published> {
        Arc::clone(&self.published.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The figures of the room.
    pub(crate) fn figures(&self) -> RoomFigures {
        self.rules().figures()
    }

    /// Does the store keep the room from calling?
    pub(crate) fn is_paused(&self, now: Now) -> bool {
        let since = locked(&self.sync).waiting_since;
        since.is_some_and(|since| now.saturating_sub(since) > PAUSED_AFTER)
    }

    /// Begins to ask the store: always with a step, else when the row was not read for a while. Only one thing is asked at a
    /// time, so a step is made only when it can be sent.
    fn begin_sync(&self, state: &AdmissionState, now: Now) -> Option<Asked> {
        let mut sync = locked(&self.sync);
        let step = self.rules().tick(state, !sync.under_way, now);
        let due = now.saturating_sub(sync.done) >= READ_EVERY;
        if sync.under_way || (step.is_none() && !due) {
            return None;
        }
        sync.under_way = true;
        sync.waiting_since.get_or_insert(now);
        Some(step.map_or(Asked::Row, Asked::Step))
    }

    fn end_sync(&self, row: Option<RoomRow>, now: Now) {
        match row {
            Some(row) => self.rules().synced(row, now),
            None => self.rules().failed(),
        }
        let mut sync = locked(&self.sync);
        sync.under_way = false;
        sync.done = now;
        if row.is_some() {
            sync.waiting_since = None;
        }
    }
}

impl Overload {
    /// Somebody wants to begin a flow.
    pub(super) fn enter_room(&self, origin: &Origin, shown: Option<Ticket>, unix_ms: u64) -> Entry {
        let before_gate = self.gate.before_gate();
        self.room.rules().enter(origin.device, shown, before_gate, self.gate.now(), unix_ms)
    }

    /// The gate is full: a place in the room after all.
    pub(super) fn place_in_room(&self, origin: &Origin, shown: Option<Ticket>, unix_ms: u64) -> Ticket {
        self.room.rules().place(origin.device, shown, unix_ms)
    }

    /// The ticket that was shown, asked for once a request: a device may show first tickets only so often, since each time it
    /// gets a place.
    pub(super) fn shown(&self, origin: &Origin, ticket: Option<&str>) -> Option<Ticket> {
        let shown = ticket.and_then(|text| self.seal.open_ticket(text))?;
        (shown.place().is_some() || self.may_take_place(origin)).then_some(shown)
    }

    /// The room as `now.json` shows it: whoever gets a place must not find it further back when they look there next.
    pub(super) fn room_now(&self, seq: Option<u64>) -> RoomNow {
        let now = self.room.published().now.clone();
        RoomNow { issued: now.issued.max(seq.map_or(0, |seq| seq + 1)), ..now }
    }

    /// Makes `now.json` anew.
    pub(crate) fn publish_room(&self, as_of: Timestamp) {
        let claim_s = self.room.settings.read().unwrap_or_else(PoisonError::into_inner).claim_s;
        let paused = self.room.is_paused(self.gate.now());
        let notice = self.desk.now().notice.clone();
        let now = RoomNow::of(&self.room.figures(), claim_s, paused, as_of, notice);
        let body = serde_json::to_vec(&now).expect("numbers and texts always serialise");
        let etag = HeaderValue::try_from(etag(&body)).expect("digits fit a header");
        let published = Arc::new(Published { now, body: body.into(), etag });
        *self.room.published.write().unwrap_or_else(PoisonError::into_inner) = published;
    }
}

impl App {
    /// The room as the store has it, and what this server could do before it was started again.
    pub(crate) async fn open_room(&self) -> Result<(), StoreError> {
        let row = row(self.store.room().await?);
        let settings = self.overload.desk.now().settings.room;
        let opened_ms = u64::try_from(self.now().as_millisecond()).unwrap_or(0);
        *self.overload.room.rules() = Room::new(settings, row, self.overload.gate.now()).opened(opened_ms);
        self.overload.gate.restarted(row.capacity_per_s);
        self.overload.publish_room(self.now());
        Ok(())
    }

    /// Every quarter of a second: calls places, tells the store, publishes `now.json`.
    pub fn tick_room(self: &Arc<Self>) {
        let overload = &self.overload;
        if let Some(asked) = overload.room.begin_sync(&overload.gate.state(), overload.gate.now()) {
            // On its own: a store that hangs must not keep `now.json` from saying so.
            tokio::spawn(Arc::clone(self).sync_room(asked));
        }
        overload.publish_room(self.now());
    }

    /// Before the store is closed: tells it of the places given out since the last tick.
    pub async fn flush_room(self: &Arc<Self>) {
        let overload = &self.overload;
        if let Some(asked) = overload.room.begin_sync(&overload.gate.state(), overload.gate.now()) {
            Arc::clone(self).sync_room(asked).await;
        }
    }

    async fn sync_room(self: Arc<Self>, asked: Asked) {
        let deadline = Instant::now() + SYNC_WITHIN;
        let answer = async {
            match asked {
                Asked::Step(RoomStep { issued_by, called_by, capacity_per_s }) => {
                    let step = yimatong_store::RoomStep { issued_by, called_by, capacity_per_s };
                    self.store.step_room(step).await
                }
                Asked::Row => self.store.room().await,
            }
        };
        let in_time = timeout_at(deadline, with_deadline(deadline.into_std(), answer)).await;
        let synced = in_time.unwrap_or(Err(StoreError::Deadline));
        if let Err(error) = &synced
            && seldom(&self.overload.room.told, self.overload.gate.now())
        {
            tracing::error!(%error, "the waiting room can't reach the store; places are kept, nobody is called");
        }
        self.overload.room.end_sync(synced.ok().map(row), self.overload.gate.now());
        self.overload.publish_room(self.now());
    }
}

fn row(row: yimatong_store::RoomRow) -> RoomRow {
    RoomRow { issued: row.issued, serving: row.serving, capacity_per_s: row.capacity_per_s }
}
