//! Staff: signing in with two factors, and accounts that operators make and disable.

use jiff::Timestamp;
use serde_json::{Value, json};
use yimatong_model::role::Role;
use yimatong_server::auth::totp;
use yimatong_server::clock::Clock as _;

use crate::city::{City, staff_id};
use crate::client::{Answer, problem, refusal};

/// An account made by the operator, and how to sign in with it.
pub(crate) struct Account {
    pub(crate) id: u64,
    name: String,
    password: String,
    secret: Vec<u8>,
}

impl Account {
    /// The operator makes it.
    pub(crate) async fn make(city: &City, name: &str, role: &str) -> Self {
        let body = json!({ "name": name, "role": role });
        let made = city.post("/v1/staff", &body).by(&city.staff(Role::Operator)).send().await.ok(201);
        let secret = made["totpSecret"].as_str().unwrap();
        assert!(made["totpUri"].as_str().unwrap().contains(&format!("secret={secret}&")));
        Self {
            id: made["id"].as_u64().unwrap(),
            name: name.to_owned(),
            password: made["initialPassword"].as_str().unwrap().to_owned(),
            secret: from_base32(secret),
        }
    }

    /// What is typed to sign in at a moment.
    pub(crate) fn sign_in_at(&self, now: Timestamp) -> Value {
        let code = totp::code_at(&self.secret, now).unwrap();
        json!({ "name": self.name, "password": self.password, "totp": code })
    }
}

fn from_base32(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes() {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == letter).unwrap();
        bits = bits << 5 | u32::try_from(value).unwrap();
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xFF).unwrap());
        }
    }
    bytes
}

async fn sign_in(city: &City, body: &Value) -> Answer {
    city.post("/v1/staff/sessions", body).send().await
}

#[tokio::test]
async fn an_account_signs_in_with_both_factors_and_out_again() {
    let city = City::new().await;
    let account = Account::make(&city, "gate.7", "verifier").await;
    let opened = sign_in(&city, &account.sign_in_at(city.clock.now())).await.ok(201);
    assert_eq!((&opened["staff"]["role"], &opened["staff"]["name"]), (&json!("verifier"), &json!("gate.7")));
    let token = opened["token"].as_str().unwrap();
    assert_eq!(city.get("/v1/staff/me").by(token).send().await.ok(200), opened["staff"]);
    assert_eq!(city.delete("/v1/staff/session").by(token).send().await.status, 204);
    let after = city.get("/v1/staff/me").by(token).send().await;
    assert_eq!(after.refused(), refusal(401, "session-expired"));
    let audit = city.get("/v1/audit").by(&city.staff(Role::Auditor)).send().await.ok(200);
    let actions: Vec<&str> =
        audit["items"].as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["sign-in", "create-staff"]);
}

#[tokio::test]
async fn one_answer_for_a_wrong_name_a_wrong_password_and_a_wrong_code() {
    let city = City::new().await;
    let account = Account::make(&city, "gate.7", "verifier").await;
    let right = account.sign_in_at(city.clock.now());
    for (field, wrong) in [("name", "gate.8"), ("password", "wrong password"), ("totp", "x")] {
        let mut body = right.clone();
        body[field] = wrong.into();
        let answer = sign_in(&city, &body).await;
        assert_eq!(answer.problem(), problem(403, "wrong-sign-in", ""), "{field}");
    }
    sign_in(&city, &right).await.ok(201);
}

#[tokio::test]
async fn five_failures_make_a_name_wait_even_with_the_right_password() {
    let city = City::new().await;
    let account = Account::make(&city, "gate.7", "verifier").await;
    let mut wrong = account.sign_in_at(city.clock.now());
    wrong["password"] = "wrong password".into();
    for _ in 0..5 {
        assert_eq!(sign_in(&city, &wrong).await.refused(), refusal(403, "wrong-sign-in"));
    }
    let answer = sign_in(&city, &account.sign_in_at(city.clock.now())).await;
    assert_eq!(answer.refused(), refusal(429, "too-many-requests"));
    assert_eq!(answer.header("retry-after"), Some("300"));
    city.clock.advance_s(300);
    sign_in(&city, &account.sign_in_at(city.clock.now())).await.ok(201);
}

#[tokio::test]
async fn a_disabled_account_loses_its_session_and_can_not_sign_in() {
    let city = City::new().await;
    let account = Account::make(&city, "gate.7", "verifier").await;
    let opened = sign_in(&city, &account.sign_in_at(city.clock.now())).await.ok(201);
    let token = opened["token"].as_str().unwrap();
    let operator = city.staff(Role::Operator);
    let path = format!("/v1/staff/{}/disable", account.id);
    assert_eq!(city.call("POST", &path).by(&operator).send().await.status, 204);
    let after = city.get("/v1/staff/me").by(token).send().await;
    assert_eq!(after.refused(), refusal(401, "session-expired"));
    city.clock.advance_s(60);
    let again = sign_in(&city, &account.sign_in_at(city.clock.now())).await;
    assert_eq!(again.refused(), refusal(403, "wrong-sign-in"));
    let list = city.get("/v1/staff").by(&operator).send().await.ok(200);
    assert!(list["items"].as_array().unwrap().iter().any(|s| s["name"] == "gate.7" && s["disabled"] == true));
}

#[tokio::test]
async fn operators_do_not_disable_themselves_or_nobody() {
    let city = City::new().await;
    let operator = city.staff(Role::Operator);
    let own = format!("/v1/staff/{}/disable", staff_id(Role::Operator).0);
    let answer = city.call("POST", own).by(&operator).send().await;
    assert_eq!(answer.problem(), problem(422, "invalid-field", "id"));
    let answer = city.call("POST", "/v1/staff/999/disable").by(&operator).send().await;
    assert_eq!(answer.refused(), refusal(404, "not-found"));
}

#[tokio::test]
async fn bad_accounts_are_refused_by_field_and_leave_nothing() {
    let city = City::new().await;
    let operator = city.staff(Role::Operator);
    let good = json!({ "name": "gate.7", "role": "verifier", "password": "a long password" });
    for (field, value, wanted) in [
        ("name", json!("x"), problem(422, "invalid-field", "name")),
        ("name", json!("门卫"), problem(422, "invalid-field", "name")),
        ("name", json!("verifier"), problem(409, "name-taken", "name")),
        ("password", json!("short"), problem(422, "invalid-field", "password")),
        ("role", json!("king"), problem(422, "invalid-field", "role")),
        ("venueId", json!(77), problem(422, "invalid-field", "venueId")),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let answer = city.post("/v1/staff", &body).by(&operator).send().await;
        assert_eq!(answer.problem(), wanted, "{body}");
    }
    let list = city.get("/v1/staff").by(&operator).send().await.ok(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 10);
    let audit = city.get("/v1/audit").by(&city.staff(Role::Auditor)).send().await.ok(200);
    assert_eq!(audit["items"], json!([]));
}

#[tokio::test]
async fn venues_are_searched_in_pages_and_made_with_a_real_district() {
    let city = City::new().await;
    let worker = city.staff(Role::CommunityWorker);
    let body = json!({ "name": "钟楼饭店", "type": "restaurant", "districtCode": 610_103 });
    let made = city.post("/v1/venues", &body).by(&worker).send().await.ok(201);
    let found = city.get("/v1/venues?query=%E9%92%9F%E6%A5%BC").by(&worker).send().await.ok(200);
    assert_eq!(found["items"], json!([made]));
    let page = city.get("/v1/venues?limit=2").by(&worker).send().await.ok(200);
    let rest = format!("/v1/venues?limit=2&cursor={}", page["nextCursor"].as_str().unwrap());
    let rest = city.get(rest).by(&worker).send().await.ok(200);
    assert_eq!((page["items"].as_array().unwrap().len(), &rest["items"]), (2, &json!([made])));
    for (field, value, at) in [
        ("districtCode", json!(999_999), "districtCode"),
        ("name", json!(" "), "name"),
        ("type", json!(""), "type"),
        ("name", json!("长".repeat(100)), "name"),
    ] {
        let mut bad = body.clone();
        bad[field] = value;
        let answer = city.post("/v1/venues", &bad).by(&worker).send().await;
        assert_eq!(answer.problem(), problem(422, "invalid-field", at), "{bad}");
    }
}
