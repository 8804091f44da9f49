//! The API description is true: what the server takes and answers in the main flows fits its schemas.

use serde_json::{Value, json};
use yimatong_model::role::Role;
use yimatong_server::clock::Clock as _;
use yimatong_server::http::openapi::document;
use yimatong_server::routes;

use crate::city::City;
use crate::client::Answer;
use crate::resident::{Device, born, fields, registration, resident};
use crate::results::row;
use crate::schema::check;

/// Checks request and answer of one call against the description of its route.
struct Description(Value);

impl Description {
    #[track_caller]
    fn holds(&self, method: &str, path: &str, request: Option<&Value>, answer: &Answer) -> Value {
        let operation = &self.0["paths"][path][method];
        assert!(operation.is_object(), "{method} {path} is not described");
        if let Some(request) = request {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            check(&self.0, schema, request, "request").unwrap_or_else(|why| panic!("{method} {path}: {why}"));
        }
        let response = &operation["responses"][answer.status.to_string()];
        let (response, media) = if answer.status < 400 {
            (response, "application/json")
        } else {
            (&operation["responses"]["default"], "application/problem+json")
        };
        if answer.status == 204 {
            assert!(response.is_object(), "{method} {path}");
            return Value::Null;
        }
        let schema = &response["content"][media]["schema"];
        let value = answer.json();
        check(&self.0, schema, &value, "answer")
            .unwrap_or_else(|why| panic!("{method} {path} {}: {why}\n{value}", answer.status));
        value
    }
}

#[tokio::test]
async fn the_answers_to_residents_are_as_described() {
    let (city, api) = (City::new().await, Description(document(&routes::table())));
    let device = Device::new();
    let sent = city.post("/v1/one-time-passwords", &json!({ "phone": "13900000000" })).send().await;
    api.holds("post", "/v1/one-time-passwords", Some(&json!({ "phone": "13900000000" })), &sent);
    let body = registration(&city, 1, &device).await;
    let answer = city.post("/v1/people", &body).send().await;
    api.holds("post", "/v1/people", Some(&body), &answer);
    let phone = body["phone"].as_str().unwrap().to_owned();
    let me = resident(&answer, device, phone, crate::resident::adult(1));
    let again = city.post("/v1/people", &body).send().await;
    api.holds("post", "/v1/people", Some(&body), &again);

    let now = city.clock.now();
    let results = [row(now, 1, &me.document, 1, "positive", "pooled")];
    crate::results::post(&city, &results).await.ok(200);
    for path in ["/v1/code", "/v1/results", "/v1/relatives"] {
        api.holds("get", path, None, &city.get(path).by(&me.token).send().await);
    }
    let child = json!({
        "document": fields(&born(1, jiff::civil::date(2018, 5, 1))), "name": "王小明", "relation": "child",
        "sharesHome": true,
    });
    let added = city.post("/v1/relatives", &child).by(&me.token).send().await;
    let added = api.holds("post", "/v1/relatives", Some(&child), &added);
    api.holds("get", "/v1/relatives", None, &city.get("/v1/relatives").by(&me.token).send().await);
    let paper = json!({ "personId": added["personId"] });
    let printed = city.post("/v1/paper-codes", &paper).by(&me.token).send().await;
    api.holds("post", "/v1/paper-codes", Some(&paper), &printed);
    let path = format!("/v1/relatives/{}", added["personId"].as_str().unwrap());
    let removed = city.delete(path).by(&me.token).send().await;
    api.holds("delete", "/v1/relatives/{personId}", None, &removed);
    city.clock.advance_s(60);
    let bind = json!({
        "phone": me.phone, "oneTimePassword": crate::resident::one_time_password(&city, &me.phone).await,
        "devicePublicKey": Device::new().jwk(),
    });
    let bound = city.post("/v1/devices", &bind).send().await;
    api.holds("post", "/v1/devices", Some(&bind), &bound);
}

#[tokio::test]
async fn the_answers_to_anybody_are_as_described() {
    let (city, api) = (City::new().await, Description(document(&routes::table())));
    for path in ["/v1/communities", "/v1/status-lists", "/v1/server", "/v1/demo/accounts"] {
        assert_eq!(
            api.holds("get", path, None, &city.get(path).send().await),
            city.get(path).send().await.json()
        );
    }
    let limited = city.get("/v1/communities?limit=1").send().await;
    assert!(api.holds("get", "/v1/communities", None, &limited)["nextCursor"].is_string());
    let wrong = json!({ "name": "nobody", "password": "x", "totp": "000000" });
    let answer = city.post("/v1/staff/sessions", &wrong).send().await;
    api.holds("post", "/v1/staff/sessions", Some(&wrong), &answer);
}

#[tokio::test]
async fn the_answers_to_staff_are_as_described() {
    let (city, api) = (City::new().await, Description(document(&routes::table())));
    let me = crate::resident::register(&city, 1).await;
    let now = city.clock.now();
    let post = async |path: &'static str, role: Role, body: Value| {
        let url = path.replace("{personId}", &me.person_id);
        let answer = city.post(url, &body).by(&city.staff(role)).send().await;
        assert!(answer.status < 300, "{path}: {}", answer.text());
        api.holds("post", path, Some(&body), &answer)
    };
    let rows = json!({ "results": [
        row(now, 1, &me.document, 1, "positive", "pooled"), row(now, 2, &born(9, jiff::civil::date(1990, 1, 1)), 1, "negative", "single"),
    ] });
    post("/v1/test-results", Role::Lab, rows).await;
    let by_document = json!({ "document": fields(&me.document), "purpose": "x" });
    let found = post("/v1/checks", Role::Verifier, by_document).await;
    post("/v1/checks", Role::Verifier, json!({ "text": me.shows(&city), "venueId": 1 })).await;
    let check_in = json!({
        "id": "00000000-0000-4000-8000-000000000001", "at": now.to_string(), "subject": found["subject"],
        "outcome": "refuse",
    });
    post("/v1/check-ins", Role::Verifier, json!({ "venueId": 1, "checkIns": [check_in] })).await;
    post("/v1/people/{personId}/paper-codes", Role::CommunityWorker, json!({ "purpose": "x" })).await;
    post("/v1/venues", Role::Operator, json!({ "name": "a", "type": "b", "districtCode": 610_103 })).await;
    post("/v1/staff", Role::Operator, json!({ "name": "gate.7", "role": "verifier", "venueId": 1 })).await;
    let rules = yimatong_model::rule::SHIPPED[0].1.replacen("colour = \"red\"", "colour = \"yellow\"", 1);
    post("/v1/rules/preview", Role::Approver, json!({ "rules": rules })).await;
    post("/v1/rules/preview", Role::Approver, json!({ "rules": "" })).await;
    for (path, role) in [
        ("/v1/staff/me", Role::Sampler),
        ("/v1/venues", Role::Tracer),
        ("/v1/staff", Role::Operator),
        ("/v1/audit", Role::Auditor),
        ("/v1/statistics", Role::Headquarters),
    ] {
        api.holds("get", path, None, &city.get(path).by(&city.staff(role)).send().await);
    }
    let file = format!("/v1/people/{}?purpose=x", me.person_id);
    let file = city.get(file).by(&city.staff(Role::Headquarters)).send().await;
    api.holds("get", "/v1/people/{personId}", None, &file);
}

#[tokio::test]
async fn the_answers_about_campaigns_are_as_described() {
    let all = crate::zhengzhou::people(90);
    let city = crate::zhengzhou::zhengzhou(&all, |_| {}).await;
    let api = Description(document(&routes::table()));
    let me = crate::resident::register(&city, 1).await;
    let post = async |path: &'static str, role: Role, body: Value| {
        let url = path.replace("{n}", "1").replace("{personId}", &me.person_id);
        let answer = city.post(url, &body).by(&city.staff(role)).send().await;
        assert!(answer.status < 300, "{path}: {}", answer.text());
        api.holds("post", path, Some(&body), &answer)
    };
    let seen = async || json!({ "version": city.campaign(1).await["version"], "remark": "x" });
    let notice = json!({ "document": crate::zhengzhou::notice() });
    post("/v1/campaigns/check", Role::Approver, notice.clone()).await;
    post("/v1/campaigns/check", Role::Approver, json!({ "document": "id = 1" })).await;
    post("/v1/campaigns", Role::Headquarters, notice).await;
    post("/v1/campaigns/{n}/approve", Role::Approver, seen().await).await;
    post("/v1/campaigns/{n}/start", Role::Headquarters, seen().await).await;
    for scope in [json!({ "area": { "district": 410_102 } }), json!({ "street": 410_102_002 })] {
        let windows = json!([{ "from": "2022-01-05T10:00:00+08:00", "to": "2022-01-05T21:00:00+08:00" }]);
        let body = json!({ "version": seen().await["version"], "scope": scope, "windows": windows });
        post("/v1/campaigns/{n}/refine", Role::Headquarters, body).await;
    }
    let uploaded = json!({
        "kind": "outside-city", "sampled": "2022-01-05T00:00:00Z",
        "evidence": { "kind": "upload", "mediaType": "application/pdf", "data": "JVBERi0xLjc=" },
    });
    let declared = city.post("/v1/declarations", &uploaded).by(&me.token).send().await;
    let declared = api.holds("post", "/v1/declarations", Some(&uploaded), &declared);
    post("/v1/people/{personId}/declarations", Role::CommunityWorker, json!({ "kind": "at-work" })).await;
    city.clock.advance_s(2 * 86_400);
    post("/v1/campaigns/{n}/ask-to-close", Role::Headquarters, seen().await).await;
    city.app.note_progress().await;
    for (path, query, role) in [
        ("/v1/campaigns", "", Role::Lab),
        ("/v1/campaigns/{n}", "", Role::Lab),
        ("/v1/campaigns/{n}/closing-preview", "", Role::Approver),
        ("/v1/campaigns/{n}/coverage", "?by=district", Role::Approver),
        ("/v1/campaigns/{n}/coverage", "?district=410102", Role::Approver),
        ("/v1/campaigns/{n}/coverage", "?community=1", Role::Approver),
        ("/v1/campaigns/{n}/missed", "?community=1", Role::CommunityWorker),
        ("/v1/campaigns/{n}/progress", "", Role::Headquarters),
        ("/v1/declarations/list", "?campaign=1", Role::CommunityWorker),
    ] {
        let url = format!("{}{query}", path.replace("{n}", "1"));
        api.holds("get", path, None, &city.get(url).by(&city.staff(role)).send().await);
    }
    for path in ["/v1/declarations", "/v1/schedule"] {
        api.holds("get", path, None, &city.get(path).by(&me.token).send().await);
    }
    let about = "/v1/people/{personId}/declarations/{id}";
    let url = |tail: &str| {
        let of = about.replace("{personId}", &me.person_id).replace("{id}", declared["id"].as_str().unwrap());
        format!("{of}{tail}")
    };
    let worker = city.staff(Role::CommunityWorker);
    let evidence = city.get(url("/evidence?purpose=x")).by(&worker).send().await;
    api.holds("get", &format!("{about}/evidence"), None, &evidence);
    let accept = json!({ "accept": true });
    let reviewed = city.post(url("/review"), &accept).by(&worker).send().await;
    api.holds("post", &format!("{about}/review"), Some(&accept), &reviewed);
}
