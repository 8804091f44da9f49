//! The real binary killed and stopped under write load: what was acknowledged is there afterwards.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use serde_json::json;
use yimatong_server::clock::{Clock as _, SystemClock};

use crate::gateways::Gateway;
use crate::load::{Crowd, Load};
use crate::process::{Server, demo_folder, until};
use crate::sample_load::{SampleBook, SampleLoad, Table};

/// Rounds of kill -9: few in every test run, many in `make soak`.
fn rounds() -> usize {
    std::env::var("YIMATONG_SOAK_ROUNDS").ok().map_or(2, |rounds| rounds.parse().unwrap())
}

#[test]
fn everything_acknowledged_survives_kill_9_under_write_load() {
    let folder = demo_folder();
    let mut crowd = None;
    let mut books = Vec::new();
    for round in 0..rounds() {
        let server = Server::start(folder.path());
        let client = server.client();
        let crowd = crowd.get_or_insert_with(|| Crowd::new(&client));
        let load = Load::start(&client, crowd);
        // Another moment in every round, so that the blow falls into all phases of a commit.
        load.run_until(5 + round * 3, 5 + round * 2);
        server.kill();
        let book = load.end();
        eprintln!("round {}: (registrations, check-ins) acknowledged {:?}", round + 1, book.acknowledged());
        books.push(book);
        let server = Server::start(folder.path());
        for book in &mut books {
            book.assert_kept(&server.client(), crowd);
        }
        server.kill();
    }
}

#[test]
fn every_sample_acknowledged_survives_kill_9_and_none_is_doubled_however_often_it_is_sent() {
    let folder = demo_folder();
    let mut table = None;
    let mut book = SampleBook::default();
    for round in 0..rounds() {
        let server = Server::start(folder.path());
        let table = table.get_or_insert_with(|| Table::new(&server.client()));
        let load = SampleLoad::start(&server.client(), table);
        load.run_until(4 + round * 3);
        server.kill();
        book.add(load.end());
        eprintln!("round {}: (batches acknowledged, without an answer) {:?}", round + 1, book.told());
        let server = Server::start(folder.path());
        book.assert_kept(&server.client(), table);
        server.kill();
    }
}

#[test]
fn an_alarm_that_was_told_before_kill_9_is_resolved_at_the_webhook_afterwards() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let webhook = Gateway::default();
    let url = runtime.block_on(webhook.start(200, ""));
    let keys = [("YIMATONG__ALARMS__WEBHOOK_URL", url.as_str())];
    let notes = |state: &str| {
        let all = webhook.asked();
        all.into_iter().filter(|(_, note)| note["name"] == "room-paused" && note["state"] == state).count()
    };
    let folder = demo_folder();
    let small_store = ["--drill-store-connections", "1", "--drill-store-time-ms", "1"];
    let mut server = Server::start_as(folder.path(), &small_store, &keys);
    server.say("stall-store 600000");
    until("the pause of the room is told", || notes("firing") == 1);
    let kept = folder.path().join("told-alarms.json");
    until("that is kept", || std::fs::read_to_string(&kept).is_ok_and(|text| text.contains("room-paused")));
    server.kill();
    assert_eq!(notes("resolved"), 0);
    let server = Server::start_with(folder.path(), &keys);
    until("its end is told", || notes("resolved") == 1);
    assert_eq!(notes("firing"), 1);
    server.kill();
}

#[test]
fn a_stop_under_write_load_loses_nothing_and_is_a_success() {
    let folder = demo_folder();
    let mut server = Server::start(folder.path());
    let crowd = Crowd::new(&server.client());
    let load = Load::start(&server.client(), &crowd);
    load.run_until(5, 5);
    server.ask_to_stop();
    let status = server.ended();
    let mut book = load.end();
    assert!(status.success(), "{status}: {}", server.log());
    assert!(folder.path().join("registry.snapshot").exists(), "a stop leaves a snapshot");
    let server = Server::start(folder.path());
    book.assert_kept(&server.client(), &crowd);
}

#[test]
fn a_client_that_sends_half_a_request_and_falls_silent_delays_a_stop_no_longer_than_the_drain() {
    let folder = demo_folder();
    let mut server = Server::start_with(folder.path(), &[("YIMATONG__SERVER__DRAIN_S", "1")]);
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.write_all(b"POST /v1/people HTTP/1.1\r\nhost: x\r\n").unwrap();
    let crowd = Crowd::new(&server.client());
    server.ask_to_stop();
    assert!(server.ended().success(), "{}", server.log());
    assert!(server.log().contains("still busy"), "{}", server.log());
    drop((stream, crowd));
}

#[test]
fn a_request_under_way_is_finished_when_the_server_is_asked_to_stop() {
    let folder = demo_folder();
    let mut server = Server::start(folder.path());
    let crowd = Crowd::new(&server.client());
    let row = json!({
        "id": "00000000-0000-4000-8000-999999999999", "at": SystemClock.now().to_string(),
        "subject": crowd.subject, "outcome": "allow",
    });
    let body = json!({ "venueId": 1, "checkIns": [row] }).to_string();

    // With "Expect: 100-continue" the answer 100 proves that the handler is reading the body.
    let mut stream = TcpStream::connect(server.address).unwrap();
    write!(
        stream,
        "POST /v1/check-ins HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nexpect: 100-continue\r\n\
         authorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        crowd.verifier,
        body.len()
    )
    .unwrap();
    let mut answer = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    answer.read_line(&mut line).unwrap();
    assert_eq!(line.trim_end(), "HTTP/1.1 100 Continue");
    answer.read_line(&mut line).unwrap();

    server.ask_to_stop();
    until("new connections are refused", || TcpStream::connect(server.address).is_err());
    stream.write_all(body.as_bytes()).unwrap();
    let mut rest = String::new();
    answer.read_to_string(&mut rest).unwrap();
    assert!(rest.starts_with("HTTP/1.1 200") && rest.contains("recorded"), "{rest}");
    assert!(server.ended().success(), "{}", server.log());
}
