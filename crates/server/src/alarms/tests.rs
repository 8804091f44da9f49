//! Alarms from the figures to the webhook, under tokio's virtual clock.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::clock::ManualClock;

const NODE: &str = "north-1";

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new("2026-11-25T00:00:00Z".parse().unwrap()))
}

/// A folder that is not there: nothing is kept.
fn nowhere() -> &'static Path {
    Path::new("/nowhere")
}

/// A webhook that refuses so many posts before it takes them.
async fn endpoint(refuse: u64) -> (AlarmsConfig, mpsc::UnboundedReceiver<(String, Value)>, Arc<AtomicU64>) {
    let (heard, hear) = mpsc::unbounded_channel();
    let asked = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&asked);
    let take = async move |headers: HeaderMap, Json(body): Json<Value>| {
        if count.fetch_add(1, Ordering::SeqCst) < refuse {
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        let secret = headers["authorization"].to_str().unwrap().to_owned();
        heard.send((secret, body)).unwrap();
        StatusCode::OK
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/alarms", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, axum::Router::new().route("/alarms", post(take))).into_future());
    (AlarmsConfig { webhook_url: Some(url), webhook_secret: "alarm secret".into() }, hear, asked)
}

/// The figures of an overload that begins at a second and ends at another.
fn overload(second: u64, from: u64, until: u64) -> AlarmFigures {
    let mut figures = AlarmFigures { ready: true, ..AlarmFigures::default() };
    figures.classes[3].ticketed = second.clamp(from, until) * 100;
    figures
}

/// An overload from second 10 to 20, as the seconds of a clock pass.
fn watched(seconds: &Arc<AtomicU64>) -> impl Fn() -> AlarmFigures + Send + 'static {
    let seconds = Arc::clone(seconds);
    move || overload(seconds.fetch_add(1, Ordering::SeqCst), 10, 20)
}

#[test]
fn the_board_shows_an_alarm_since_the_moment_it_began() {
    let (board, clock) = (AlarmBoard::new(NODE), clock());
    let mut notes = Vec::new();
    for second in 0..16 {
        notes.extend(board.tick(&overload(second, 10, 99), Duration::from_secs(second), clock.now()));
        clock.advance_s(1);
    }
    let began: Timestamp = "2026-11-25T00:00:11Z".parse().unwrap();
    let shown = board.firing();
    assert_eq!((notes.len(), shown.len()), (1, 1));
    let alarm = serde_json::to_value(&shown[0]).unwrap();
    assert_eq!((&alarm["name"], &alarm["since"]), (&json!("overload"), &json!(began)));
    assert_eq!(
        (&alarm["value"], &alarm["limit"], &alarm["unit"]),
        (&json!(100.0), &json!(0.0), &json!("requests/s"))
    );
    for second in 16..60 {
        notes.extend(board.tick(&overload(15, 10, 99), Duration::from_secs(second), clock.now()));
    }
    assert_eq!((notes.len(), board.firing().len()), (2, 0));
    let over = serde_json::to_value(&notes[1]).unwrap();
    assert_eq!((&over["state"], &over["since"]), (&json!("resolved"), &json!(began)));
}

#[tokio::test(start_paused = true)]
async fn the_first_alarm_is_at_the_webhook_within_five_seconds_and_its_end_follows() {
    let (config, mut heard, _) = endpoint(0).await;
    let (_stop, stopped) = watch::channel(false);
    let seconds = Arc::new(AtomicU64::new(0));
    let board = Arc::new(AlarmBoard::new(NODE));
    let jobs = start(&board, &config, nowhere(), clock(), watched(&seconds), &stopped);
    assert_eq!(jobs.len(), 2);
    let (secret, first) = heard.recv().await.unwrap();
    assert!(seconds.load(Ordering::SeqCst) <= 10 + 5, "{seconds:?}");
    assert_eq!(secret, "Bearer alarm secret");
    let keys: Vec<_> = first.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = ["name", "state", "since", "value", "limit", "unit", "zh", "en", "node", "runbook"];
    expected.sort_unstable();
    assert_eq!(keys, expected);
    assert_eq!((&first["name"], &first["state"]), (&json!("overload"), &json!("firing")));
    assert_eq!((&first["node"], &first["runbook"]), (&json!(NODE), &json!("docs/ops.md#alarm-overload")));
    let (_, over) = heard.recv().await.unwrap();
    assert_eq!((&over["name"], &over["state"]), (&json!("overload"), &json!("resolved")));
}

#[tokio::test(start_paused = true)]
async fn a_post_that_fails_is_tried_again_and_given_up_after_five_times() {
    let (config, mut heard, asked) = endpoint(7).await;
    let (stop, stopped) = watch::channel(false);
    let board = Arc::new(AlarmBoard::new(NODE));
    let jobs = start(&board, &config, nowhere(), clock(), watched(&Arc::new(AtomicU64::new(0))), &stopped);
    // The five tries of "firing" fail; so do two of "resolved".
    let (_, note) = heard.recv().await.unwrap();
    assert_eq!((&note["state"], asked.load(Ordering::SeqCst)), (&json!("resolved"), 8));
    stop.send(true).unwrap();
    for job in jobs {
        job.await.unwrap();
    }
}

#[tokio::test]
async fn a_webhook_that_hangs_holds_up_nothing() {
    // Connections are taken by the kernel and answered by nobody.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let service = Service::new(&url, &"x".into());
    let (stop, stopped) = watch::channel(false);
    let (outbox, notes) = mpsc::channel(MOST_WAITING);
    let delivering = tokio::spawn(webhook::deliver(service, Told::open(nowhere()), notes, stopped.clone()));
    // A sign at the other end that the first note is under way: the channel has all its places again.
    let board = AlarmBoard::new(NODE);
    let note =
        (0..20).flat_map(|s| board.tick(&overload(s, 10, 20), Duration::from_secs(s), Timestamp::UNIX_EPOCH));
    let note = note.last().unwrap();
    outbox.send(note.clone()).await.unwrap();
    while outbox.capacity() < MOST_WAITING {
        tokio::task::yield_now().await;
    }
    for _ in 0..MOST_WAITING {
        outbox.try_send(note.clone()).unwrap();
    }
    // The outbox is full and the webhook hangs; seconds are judged all the same, past the alarm of second 11 and its end.
    let seconds = Arc::new(AtomicU64::new(0));
    tokio::time::pause();
    let judging =
        tokio::spawn(judge(Arc::new(AlarmBoard::new(NODE)), outbox, clock(), watched(&seconds), stopped));
    let mut turns = 0..1_000;
    while seconds.load(Ordering::SeqCst) < 60 {
        turns.next().expect("judging stands still");
        tokio::time::advance(EVERY / 2).await;
        tokio::task::yield_now().await;
    }
    stop.send(true).unwrap();
    judging.await.unwrap();
    delivering.await.unwrap();
    drop(silent);
}

/// A server on a folder: its jobs, and the seconds it has judged.
fn server_on(
    data: &Path,
    config: &AlarmsConfig,
    figures: impl Fn(u64) -> AlarmFigures + Send + 'static,
) -> (Arc<AlarmBoard>, Vec<JoinHandle<()>>, watch::Sender<bool>) {
    let (stop, stopped) = watch::channel(false);
    let board = Arc::new(AlarmBoard::new(NODE));
    let second = AtomicU64::new(0);
    let figures = move || figures(second.fetch_add(1, Ordering::SeqCst));
    let jobs = start(&board, config, data, clock(), figures, &stopped);
    (board, jobs, stop)
}

/// Waits until the file says this of the alarm.
async fn kept(data: &Path, name: &str, is_told: bool) {
    for _ in 0..10_000 {
        if Told::open(&data.join(TOLD)).alarms().contains_key(name) == is_told {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("{name} never became {is_told}");
}

#[tokio::test(start_paused = true)]
async fn an_alarm_that_fired_before_a_crash_is_resolved_after_it_and_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let (config, mut heard, asked) = endpoint(0).await;
    let (_, jobs, _stop) = server_on(folder.path(), &config, |second| overload(second, 10, 9_999));
    let (_, first) = heard.recv().await.unwrap();
    assert_eq!((&first["name"], &first["state"]), (&json!("overload"), &json!("firing")));
    kept(folder.path(), "overload", true).await;
    jobs.iter().for_each(JoinHandle::abort);

    // Another process: what it is about goes on for a while, and is over then.
    let (board, jobs, _stop) = server_on(folder.path(), &config, |second| overload(second, 0, 20));
    let shown = serde_json::to_value(board.firing()).unwrap();
    assert_eq!((&shown[0]["name"], &shown[0]["since"]), (&json!("overload"), &first["since"]));
    let (_, over) = heard.recv().await.unwrap();
    assert_eq!((&over["state"], &over["since"]), (&json!("resolved"), &first["since"]));
    assert_eq!(asked.load(Ordering::SeqCst), 2, "it is not told again that it fires");
    kept(folder.path(), "overload", false).await;
    jobs.iter().for_each(JoinHandle::abort);

    let (board, jobs, _stop) = server_on(folder.path(), &config, |_| overload(0, 0, 0));
    assert_eq!(board.firing().len(), 0);
    jobs.iter().for_each(JoinHandle::abort);
}

#[tokio::test(start_paused = true)]
async fn what_a_damaged_or_newer_file_says_is_no_alarm() {
    let folder = tempfile::tempdir().unwrap();
    let (config, _heard, _) = endpoint(0).await;
    let unknown = r#"{"no-such-alarm":{"since":"2026-11-25T00:00:00Z","value":1.0,"unit":"ms"},
                      "overload":{"since":"2026-11-25T00:00:00Z","value":1.0,"unit":"parsecs"}}"#;
    for content in ["{", unknown] {
        std::fs::write(folder.path().join(TOLD), content).unwrap();
        let (board, jobs, _stop) = server_on(folder.path(), &config, |_| overload(0, 0, 0));
        assert_eq!(board.firing().len(), 0);
        jobs.iter().for_each(JoinHandle::abort);
    }
}
