//! A lab's file of results: a dry run, the real one, and the file of what was refused.

use serde_json::{Value, json};
use yimatong_model::role::Role;
use yimatong_model::sampling::TubeSize;
use yimatong_server::clock::Clock as _;

use crate::city::City;
use crate::client::{Answer, problem};
use crate::filled_tubes::{ago, post, sampled, told};
use crate::resident::register;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const WORKBOOK: &[u8] = include_bytes!("../../../../testdata/lab/results.xlsx");

async fn import(city: &City, media: &str, body: impl Into<Vec<u8>>, dry_run: bool) -> Answer {
    let path =
        format!("/v1/tube-results/import?dryRun={dry_run}&institution=%E9%83%91%E5%B7%9E%E7%AC%AC%E4%B8%80");
    city.call("POST", path).bytes(media, body).by(&city.staff(Role::Lab)).send().await
}

/// recorded, duplicates, rejected and people of an answer.
#[track_caller]
fn counts(answer: &Answer) -> [u64; 4] {
    let answer = answer.ok(200);
    ["recorded", "duplicates", "rejected", "people"].map(|name| answer[name].as_u64().unwrap())
}

/// A file of these tubes with what was found in them.
fn file(city: &City, rows: &[(&str, &str)]) -> String {
    let shown = |hours| {
        let at = yimatong_model::clock::city_time(ago(city, hours));
        at.strftime("%Y/%m/%d %H:%M").to_string()
    };
    let mut text = "试管码,结果,接收时间,报告时间,备注\r\n".to_owned();
    for (tube, outcome) in rows {
        text.push_str(&format!("{tube},{outcome},{},{},\r\n", shown(3), shown(1)));
    }
    text
}

#[tokio::test]
async fn a_dry_run_tells_what_the_import_then_does_and_writes_nothing() {
    let city = City::new().await;
    let people = [register(&city, 1).await, register(&city, 2).await, register(&city, 3).await];
    sampled(&city, "ZZ2022-0001", TubeSize::Ten, &[&people[0], &people[1]], 4).await;
    sampled(&city, "ZZ2022-0002", TubeSize::One, &[&people[2]], 4).await;
    let rows = [
        ("ZZ2022-0001", "阳性"),
        ("ZZ2022-0002", "阴性"),
        ("ZZ2022-0002", "阳性"),
        ("ZZ2022-0009", "阴性"),
        ("12", "弱阳"),
    ];
    let text = file(&city, &rows);
    let written = city.written().await;
    let institutions = city.app.store.institutions().await.unwrap();
    let told = import(&city, "text/csv; charset=utf-8", text.as_str(), true).await;
    assert_eq!(counts(&told), [1, 0, 4, 2]);
    assert_eq!(city.written().await, written);
    assert_eq!(city.app.store.institutions().await.unwrap(), institutions, "not even the lab's name");

    let done = import(&city, "text/csv", text.as_str(), false).await;
    assert_eq!(counts(&done), counts(&told));
    let (told, done) = (told.json(), done.json());
    assert_eq!((&told["dryRun"], &done["dryRun"], &done["rows"]), (&json!(true), &json!(false), &json!(5)));
    assert_eq!(told["items"], done["items"]);
    let said: Vec<(&Value, &Value)> =
        done["items"].as_array().unwrap().iter().map(|row| (&row["line"], &row["problem"])).collect();
    let expected = [(3, "invalid-field"), (4, "invalid-field"), (5, "unknown-tube"), (6, "invalid-field")];
    assert_eq!(
        said,
        expected
            .map(|(line, problem)| (json!(line), json!(problem)))
            .iter()
            .map(|(l, p)| (l, p))
            .collect::<Vec<_>>()
    );
    assert!(done["items"][0]["detailZh"].as_str().unwrap().contains("不同的结果"), "{done}");
    let last = &done["items"][3];
    assert_eq!(last["tube"], "12");
    assert!(last["detailZh"].as_str().unwrap().contains("第 6 行第 1 列“试管码”"), "{last}");
    assert!(last["detail"].as_str().unwrap().contains("line 6, column 2 (outcome)"), "{last}");
    assert_eq!(people[0].code(&city).await["colour"], "yellow");
    assert_eq!(people[2].code(&city).await["colour"], "green");

    // The file of refused rows, mended, goes through; what went through before is left alone.
    let errors = done["errors"].as_str().unwrap();
    assert!(errors.contains("\"错误\"") && errors.lines().count() == 5, "{errors}");
    sampled(&city, "ZZ2022-0009", TubeSize::One, &[&people[2]], 4).await;
    assert_eq!(counts(&import(&city, "text/csv", errors, false).await), [1, 0, 3, 1]);
    assert_eq!(counts(&import(&city, "text/csv", text, false).await), [0, 2, 3, 0]);
}

#[tokio::test]
async fn a_file_in_gb18030_and_a_workbook_are_taken_too() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    sampled(&city, "ZZ2022-0001", TubeSize::One, &[&resident], 4).await;
    // "试管码,结果,接收时间,报告时间\nZZ2022-0001,阴性,…" as Chinese spreadsheets save it.
    let header = b"\xca\xd4\xb9\xdc\xc2\xeb,\xbd\xe1\xb9\xfb,\xbd\xd3\xca\xd5\xca\xb1\xbc\xe4,\xb1\xa8\xb8\xe6\xca\xb1\xbc\xe4\n";
    let times = format!(",{},{}\n", ago(&city, 3), city.clock.now());
    let text = [&header[..], b"ZZ2022-0001,\xd2\xf5\xd0\xd4", times.as_bytes()].concat();
    assert_eq!(counts(&import(&city, "application/vnd.ms-excel", text, false).await), [1, 0, 0, 1]);
    let answer = import(&city, XLSX, WORKBOOK, true).await;
    assert_eq!(answer.ok(200)["rows"], 5);
    let said: Vec<Value> =
        answer.json()["items"].as_array().unwrap().iter().map(|row| row["problem"].clone()).collect();
    let (differs, field, unknown) = ("already-reported", "invalid-field", "unknown-tube");
    assert_eq!(said, [differs, unknown, field, field, unknown]);
}

#[tokio::test]
async fn rows_of_a_file_and_of_the_api_are_the_same_results() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    sampled(&city, "ZZ2022-0001", TubeSize::One, &[&resident], 4).await;
    let mut posted = told(&city, 1, "ZZ2022-0001", "negative", 3);
    posted["institution"] = "郑州第一".into();
    post(&city, &[posted.clone()]).await.ok(200);
    let text = format!(
        "id,tube,outcome,received,reported\n{},ZZ2022-0001,negative,{},{}\n",
        posted["id"].as_str().unwrap(),
        posted["received"].as_str().unwrap(),
        posted["reported"].as_str().unwrap()
    );
    assert_eq!(counts(&import(&city, "text/csv", text, false).await), [0, 1, 0, 0]);
}

#[tokio::test]
async fn what_is_no_such_file_is_refused_with_the_fix() {
    let city = City::new().await;
    let file = |field| problem(422, "invalid-field", field);
    for body in ["", "试管码,结果\n", "试管码,结果,接收时间,报告时间\n", "PK\u{3}\u{4}x"] {
        let answer = import(&city, "text/csv", body, true).await;
        assert_eq!(answer.problem(), file("file"), "{body}");
        assert!(!answer.json()["detailZh"].as_str().unwrap().is_empty());
    }
    let answer = import(&city, "application/json", "{}", true).await;
    assert_eq!(answer.refused(), crate::client::refusal(415, "unsupported-media-type"));
    let large = vec![b'x'; (4 << 20) + 1];
    assert_eq!(import(&city, "text/csv", large, true).await.refused().0, 413);
    let nobody = city.call("POST", "/v1/tube-results/import?institution=").bytes("text/csv", "x");
    let answer = nobody.by(&city.staff(Role::Lab)).send().await;
    assert_eq!(answer.problem(), problem(400, "invalid-parameter", "institution"));
}
