//! Bad input: each mistake gets its own answer that names the field, and leaves nothing behind.

use serde_json::{Value, json};
use yimatong_model::role::Role;

use crate::city::{City, MARKET};
use crate::client::{Answer, problem};
use crate::resident::{Device, adult, fields, number, register, registration};

const FIELD: &str = "invalid-field";

/// A good registration with one thing changed.
fn with(good: &Value, change: impl FnOnce(&mut Value)) -> Value {
    let mut body = good.clone();
    change(&mut body);
    body
}

/// Whatever is wrong, the server has not broken and nothing was written.
async fn unharmed(city: &City, answer: &Answer, before: (u64, usize)) {
    assert!((400..500).contains(&answer.status), "{} {}", answer.status, answer.text());
    assert_eq!(city.written().await, before);
}

/// A field of a registration, a wrong value for it, and the field that is named. `x` is a coordinate of a good key.
fn wrong_fields(x: &str) -> Vec<(&'static str, Value, &'static str)> {
    let born = |year, month, day| format!("610113{year:04}{month:02}{day:02}001");
    let checked = |body: String| {
        let check = yimatong_model::document::check_digit(body.as_bytes().try_into().unwrap());
        format!("{body}{}", char::from(check))
    };
    let right = adult(1).number().to_owned();
    let wrong_check = format!("{}{}", &right[..17], if right.ends_with('0') { '1' } else { '0' });
    vec![
        ("phone", json!("1380000000"), "phone"),
        ("phone", json!("23800000000"), "phone"),
        ("phone", json!("+"), "phone"),
        ("phone", json!(13_800_000_001_u64), "phone"),
        ("phone", Value::Null, "phone"),
        ("oneTimePassword", json!("12345"), "oneTimePassword"),
        ("oneTimePassword", json!("１２３４５６"), "oneTimePassword"),
        ("oneTimePassword", json!(123_456), "oneTimePassword"),
        ("document", json!("610113"), "document"),
        ("document", json!({ "kind": "driving-licence", "number": right }), "document.kind"),
        ("document", json!({ "kind": "resident-id" }), "document.number"),
        ("document", json!({ "kind": "resident-id", "number": 1 }), "document.number"),
        ("document", json!({ "kind": "resident-id", "number": "" }), "document.number"),
        ("document", json!({ "kind": "resident-id", "number": wrong_check }), "document.number"),
        (
            "document",
            json!({ "kind": "resident-id", "number": checked(born(2026, 11, 24)) }),
            "document.number",
        ),
        (
            "document",
            json!({ "kind": "resident-id", "number": checked(born(1990, 2, 30)) }),
            "document.number",
        ),
        (
            "document",
            json!({ "kind": "resident-id", "number": checked("99999919900101001".into()) }),
            "document.number",
        ),
        ("document", json!({ "kind": "resident-id", "number": right, "colour": "green" }), "document.colour"),
        ("document", json!({ "kind": "passport", "number": "E1" }), "document.number"),
        ("name", json!(""), "name"),
        ("name", json!("王\u{0}国"), "name"),
        ("name", json!("名".repeat(500)), "name"),
        ("name", json!(["王建国"]), "name"),
        ("communityId", json!("1"), "communityId"),
        ("communityId", json!(-1), "communityId"),
        ("communityId", json!(4_294_967_296_u64), "communityId"),
        ("birthDate", json!("2026-11-24"), "birthDate"),
        ("birthDate", json!("01/02/1990"), "birthDate"),
        ("nationality", json!("China"), "nationality"),
        ("devicePublicKey", json!({ "kty": "RSA", "crv": "P-256", "x": x, "y": x }), "devicePublicKey"),
        ("devicePublicKey", json!({ "kty": "EC", "crv": "P-384", "x": x, "y": x }), "devicePublicKey"),
        ("devicePublicKey", json!({ "kty": "EC", "crv": "P-256", "x": x, "y": x }), "devicePublicKey"),
        ("devicePublicKey", json!({ "kty": "EC", "crv": "P-256", "x": "AAAA", "y": x }), "devicePublicKey"),
        ("devicePublicKey", json!({ "kty": "EC", "crv": "P-256", "x": "+/+/", "y": x }), "devicePublicKey"),
        ("devicePublicKey", json!({ "kty": "EC", "crv": "P-256", "x": x }), "devicePublicKey.y"),
        (
            "devicePublicKey",
            json!({ "kty": "EC", "crv": "P-256", "x": x, "y": x, "d": x }),
            "devicePublicKey.d",
        ),
        ("colour", json!("green"), "colour"),
    ]
}

#[tokio::test]
async fn every_field_of_a_registration_is_checked_and_named() {
    let city = City::new().await;
    let good = registration(&city, 1, &Device::new()).await;
    let x = good["devicePublicKey"]["x"].as_str().unwrap().to_owned();
    for (field, value, at) in wrong_fields(&x) {
        let before = city.written().await;
        let body = with(&good, |body| body[field] = value);
        let answer = city.post("/v1/people", &body).send().await;
        assert_eq!(answer.problem(), problem(422, FIELD, at), "{body}");
        assert!(!answer.json()["detailZh"].as_str().unwrap().is_empty(), "{body}");
        unharmed(&city, &answer, before).await;
    }
    // A field left out is named as well, and the untouched body still registers: no mistake cost anything.
    for field in ["phone", "oneTimePassword", "document", "name", "devicePublicKey"] {
        let body = with(&good, |body| drop(body.as_object_mut().unwrap().remove(field)));
        let answer = city.post("/v1/people", &body).send().await;
        assert_eq!(answer.problem(), problem(422, FIELD, field));
    }
    assert_eq!(city.post("/v1/people", &good).send().await.status, 201);
}

#[tokio::test]
async fn bodies_that_are_not_json_are_told_apart() {
    let city = City::new().await;
    let deep = format!("{{\"phone\":{}", "[".repeat(10_000));
    let cases: Vec<(&str, &[u8], (u16, &str))> = vec![
        ("application/json", b"", (400, "malformed-json")),
        ("application/json", b"{\"phone\":", (400, "malformed-json")),
        ("application/json", b"{\"phone\":\"13800000001\"}}", (400, "malformed-json")),
        ("application/json", b"{'phone':1}", (400, "malformed-json")),
        ("application/json", b"{\"phone\":\"\xff\xfe\"}", (400, "malformed-json")),
        ("application/json", b"\xef\xbb\xbf{}", (400, "malformed-json")),
        ("application/json", b"{\"phone\":NaN}", (400, "malformed-json")),
        ("application/json", b"{\"phone\":\"1\",\"phone\":\"2\"}", (422, FIELD)),
        ("application/json", b"[]", (422, FIELD)),
        ("application/json", b"null", (422, FIELD)),
        ("application/json", b"\"phone\"", (422, FIELD)),
        ("text/plain", b"{}", (415, "unsupported-media-type")),
        ("application/jsonx", b"{}", (415, "unsupported-media-type")),
        ("application/x-www-form-urlencoded", b"phone=1", (415, "unsupported-media-type")),
    ];
    for (media, body, (status, kind)) in cases {
        let answer = city.call("POST", "/v1/one-time-passwords").bytes(media, body).send().await;
        assert_eq!(answer.refused(), (status, kind.to_owned()), "{media} {}", String::from_utf8_lossy(body));
    }
    let answer = city.call("POST", "/v1/one-time-passwords").bytes("application/json", deep).send().await;
    assert!([400, 422].contains(&answer.status), "{}", answer.text());
    let answer = city.call("POST", "/v1/one-time-passwords").send().await;
    assert_eq!(answer.problem().0, 415, "no content type at all");
    let charset = city
        .call("POST", "/v1/one-time-passwords")
        .bytes("application/json; charset=utf-8", json!({ "phone": "13800000001" }).to_string())
        .send()
        .await;
    assert_eq!(charset.status, 202);
}

#[tokio::test]
async fn an_oversize_body_is_refused_and_the_largest_allowed_batch_is_not() {
    let city = City::new().await;
    let operator = city.staff(Role::Operator);
    // A step of a flow is short; whoever is not signed in can't fill the memory with more.
    let flow = 16 * 1024;
    let batch = city.app.config.server.max_body_bytes;
    for (path, limit) in [("/v1/one-time-passwords", flow), ("/v1/venues", batch)] {
        let body = |length: usize| format!("{{\"phone\":\"{}\"}}", "1".repeat(length - 12));
        let send =
            |length| city.call("POST", path).by(&operator).bytes("application/json", body(length)).send();
        let answer = send(limit + 1).await;
        assert_eq!(answer.problem(), problem(413, "too-large", ""), "{path}");
        assert!(answer.json()["detail"].as_str().unwrap().contains(&limit.to_string()), "{path}");
        assert_eq!(send(limit).await.problem(), problem(422, FIELD, "phone"), "{path}");
    }
}

#[tokio::test]
async fn query_and_path_parameters_are_checked_and_named() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    for (path, at) in [
        ("/v1/results?limit=0", "limit"),
        ("/v1/results?limit=201", "limit"),
        ("/v1/results?limit=-1", "limit"),
        ("/v1/results?limit=many", "limit"),
        ("/v1/results?cursor=%21", "cursor"),
        ("/v1/results?cursor=AAAA", "cursor"),
        ("/v1/results?cursor=%FF%FE", "cursor"),
        ("/v1/results?page=2", "page"),
    ] {
        let answer = city.get(path).by(&resident.token).send().await;
        assert_eq!(answer.problem(), problem(400, "invalid-parameter", at), "{path}");
    }
    let worker = city.staff(Role::CommunityWorker);
    for person in ["x", "-1", "01", "9223372036854775808", "%00", "1%2F2"] {
        let answer = city.get(format!("/v1/people/{person}?purpose=x")).by(&worker).send().await;
        assert_eq!(answer.problem(), problem(400, "invalid-parameter", "personId"), "{person}");
    }
    let answer = city.get("/v1/people/1").by(&worker).send().await;
    assert_eq!(answer.problem(), problem(400, "invalid-parameter", "purpose"));
}

#[tokio::test]
async fn lists_refuse_cursors_of_other_lists_and_of_nobody() {
    let city = City::new().await;
    let (operator, auditor) = (city.staff(Role::Operator), city.staff(Role::Auditor));
    for (path, token) in [
        ("/v1/venues?cursor=x", Some(&operator)),
        ("/v1/audit?cursor=x", Some(&auditor)),
        ("/v1/communities?cursor=x", None),
    ] {
        let call = city.get(path);
        let call = if let Some(token) = token { call.by(token) } else { call };
        assert_eq!(call.send().await.problem(), problem(400, "invalid-parameter", "cursor"), "{path}");
    }
}

#[tokio::test]
async fn batches_of_the_wrong_shape_leave_nothing() {
    let city = City::new().await;
    register(&city, 1).await;
    let verifier = city.staff(Role::Verifier);
    let before = city.written().await;
    let row = json!({
        "id": "00000000-0000-4000-8000-000000000001", "at": "2026-11-23T02:00:00Z",
        "subject": "AAAAAAAAAAAAAAAAAAAAAA", "outcome": "allow",
    });
    for (body, at) in [
        (json!({ "venueId": 1 }), "checkIns"),
        (json!({ "venueId": "1", "checkIns": [] }), "venueId"),
        (json!({ "venueId": 1, "checkIns": {} }), "checkIns"),
        (json!({ "venueId": 1, "checkIns": [row, 7] }), "checkIns[1]"),
        (
            json!({ "venueId": 1, "checkIns": [with(&row, |row| row["outcome"] = "maybe".into())] }),
            "checkIns[0].outcome",
        ),
        (
            json!({ "venueId": 1, "checkIns": [with(&row, |row| row["extra"] = 1.into())] }),
            "checkIns[0].extra",
        ),
        (json!({ "venueId": 1, "checkIns": [with(&row, |row| row["at"] = 1.into())] }), "checkIns[0].at"),
    ] {
        let answer = city.post("/v1/check-ins", &body).by(&verifier).send().await;
        assert_eq!(answer.problem(), problem(422, FIELD, at), "{body}");
        unharmed(&city, &answer, before).await;
    }
    assert_eq!(city.check_ins(MARKET).await, 0);
}

#[tokio::test]
async fn the_same_mistakes_in_other_bodies_are_named_too() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let future = number(610_113, 1, jiff::civil::date(2027, 1, 1));
    let relative = json!({ "document": fields(&adult(2)), "name": "王小明", "relation": "child" });
    for (body, at) in [
        (with(&relative, |b| b["relation"] = "boss".into()), "relation"),
        (with(&relative, |b| b["document"]["number"] = future.clone().into()), "document.number"),
        (with(&relative, |b| b["birthDate"] = "2027-01-01".into()), "birthDate"),
        (with(&relative, |b| b["nationality"] = "??".into()), "nationality"),
        (with(&relative, |b| b["name"] = " ".into()), "name"),
    ] {
        let before = city.written().await;
        let answer = city.post("/v1/relatives", &body).by(&resident.token).send().await;
        assert_eq!(answer.problem(), problem(422, FIELD, at), "{body}");
        unharmed(&city, &answer, before).await;
    }
    let answer = city.post("/v1/paper-codes", &json!({ "personId": 7 })).by(&resident.token).send().await;
    assert_eq!(answer.problem(), problem(422, FIELD, "personId"));
    let device = with(&json!({ "phone": "x", "oneTimePassword": "123456" }), |b| {
        b["devicePublicKey"] = Device::new().jwk();
    });
    let answer = city.post("/v1/devices", &device).send().await;
    assert_eq!(answer.problem(), problem(422, FIELD, "phone"));
}
