//! Declarations: by residents and for relatives, with certificates and uploads; reviewed by somebody else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use yimatong_credential::dcc::{TestCertificate, issue_test};
use yimatong_model::role::Role;
use yimatong_server::clock::Clock as _;

use crate::city::City;
use crate::client::{Answer, problem, refusal};
use crate::resident::{Resident, born, fields, register};
use crate::zhengzhou::{notice, on_the_day, zhengzhou};

/// An EU test certificate of a negative nucleic acid test, signed by this city itself.
pub(crate) async fn own_certificate(city: &City, name: &str, birth: Date, sampled: Timestamp) -> String {
    certificate(city, &TestCertificate { name, birth_date: Some(birth), ..test(sampled) })
}

fn test(sampled: Timestamp) -> TestCertificate<'static> {
    TestCertificate {
        name: "",
        latin_name: "",
        birth_date: None,
        sampled,
        is_positive: false,
        is_nucleic_acid: true,
        institution: "lab",
        issuer: "city",
        id: "1",
        issued_s: sampled.as_second() + 60,
        expires_s: sampled.as_second() + 30 * 86_400,
    }
}

fn certificate(city: &City, certificate: &TestCertificate<'_>) -> String {
    let keys = city.app.signing_keys();
    issue_test(certificate, &*keys.signer(city.clock.now()).unwrap().key).unwrap()
}

async fn declare(city: &City, resident: &Resident, body: Value) -> Answer {
    city.post("/v1/declarations", &body).by(&resident.token).send().await
}

fn outside(evidence: impl Into<Value>) -> Value {
    json!({ "kind": "outside-city", "sampled": on_the_day(-60).to_string(), "evidence": evidence.into() })
}

fn png(length: usize) -> String {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.resize(length, 7);
    STANDARD.encode(bytes)
}

async fn standing(city: &City, resident: &Resident) -> Value {
    let schedule = city.get("/v1/schedule").by(&resident.token).send().await.ok(200);
    schedule["items"][0]["standing"].clone()
}

#[tokio::test]
async fn a_certificate_counts_at_once_when_everything_about_it_fits() {
    let city = zhengzhou(&[], |_| {}).await;
    let resident = register(&city, 1).await;
    city.running(&notice()).await;
    let sampled = on_the_day(-300);
    let born = date(1980, 1, 1);
    let good = TestCertificate { name: "王建国", birth_date: Some(born), ..test(sampled) };
    let of = |certificate: &TestCertificate<'_>| json!({ "kind": "eu-dcc", "text": self::certificate(&city, certificate) });
    for (wrong, why) in [
        (TestCertificate { name: "李建国", ..good.clone() }, "name"),
        (TestCertificate { birth_date: Some(date(1980, 1, 2)), ..good.clone() }, "birth date"),
        (TestCertificate { birth_date: None, ..good.clone() }, "birth date"),
        (TestCertificate { is_positive: true, ..good.clone() }, "not negative"),
        (TestCertificate { is_nucleic_acid: false, ..good.clone() }, "antigen"),
        // The window of the first day ends at 20:00 on 5 January.
        (
            TestCertificate {
                name: "王建国",
                birth_date: Some(born),
                ..test(on_the_day(11 * 60 - 48 * 60 - 1))
            },
            "48 hours",
        ),
        (TestCertificate { expires_s: sampled.as_second() + 61, ..good.clone() }, "expired"),
        (TestCertificate { issued_s: sampled.as_second() + 86_400, ..good.clone() }, "not valid yet"),
    ] {
        let refused = declare(&city, &resident, outside(of(&wrong))).await;
        assert_eq!(refused.problem(), problem(422, "invalid-field", "evidence.text"), "{why}");
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(why), "{why}: {detail}");
        assert!(
            !detail.contains("1980") && !detail.contains("王"),
            "nobody is told who was born when: {detail}"
        );
    }
    assert_eq!(standing(&city, &resident).await, "open");
    let elsewhere = zhengzhou(&[], |_| {}).await;
    let foreign = json!({ "kind": "eu-dcc", "text": self::certificate(&elsewhere, &good) });
    let refused = declare(&city, &resident, outside(foreign)).await;
    assert!(refused.json()["detail"].as_str().unwrap().contains("upload a picture"), "{}", refused.text());
    for text in ["", "HC1:", "HC1:X", "hello"] {
        let refused = declare(&city, &resident, outside(json!({ "kind": "eu-dcc", "text": text }))).await;
        assert_eq!(refused.problem().2, "evidence.text", "{text}");
    }

    // In the letters of a passport it is the same name; the time is the certificate's.
    let pinyin = TestCertificate { name: "Jianguo Wang", latin_name: "WANG<JIANGUO", ..good };
    let body = json!({ "kind": "outside-city", "evidence": of(&pinyin) });
    let made = declare(&city, &resident, body).await.ok(201);
    assert_eq!(
        (&made["evidence"], &made["review"], &made["campaign"]),
        (&json!("eu-dcc"), &json!("waiting"), &json!(1))
    );
    assert_eq!(made["sampled"], sampled.to_string());
    assert_eq!(standing(&city, &resident).await, "outside-city", "it was verified, so it counts");
    // A community worker may refuse it all the same, and sees what it was.
    let path = format!("/v1/people/{}/declarations/{}", resident.person_id, made["id"].as_str().unwrap());
    let worker = city.staff(Role::CommunityWorker);
    let evidence = city.get(format!("{path}/evidence?purpose=review")).by(&worker).send().await.ok(200);
    assert!(evidence["text"].as_str().unwrap().starts_with("HC1:"), "{evidence}");
    let unsaid = city.get(format!("{path}/evidence?purpose=")).by(&worker).send().await;
    assert_eq!(unsaid.problem().2, "purpose");
    let refuse = json!({ "accept": false, "remark": "证书不是本人的" });
    city.post(format!("{path}/review"), &refuse).by(&worker).send().await.ok(200);
    assert_eq!(standing(&city, &resident).await, "open");
    let twice = city.post(format!("{path}/review"), &refuse).by(&worker).send().await;
    assert_eq!(twice.refused(), refusal(409, "out-of-turn"));
    let mine = city.get("/v1/declarations").by(&resident.token).send().await.ok(200);
    assert_eq!(
        (&mine["items"][0]["review"], &mine["items"][0]["remark"]),
        (&json!("refused"), &json!("证书不是本人的"))
    );
    let audit = city.get("/v1/audit?limit=10").by(&city.staff(Role::Auditor)).send().await.ok(200);
    let actions =
        audit["items"].as_array().unwrap().iter().map(|row| row["action"].clone()).collect::<Vec<_>>();
    assert!(actions.contains(&json!("read-evidence")) && actions.contains(&json!("refuse-declaration")));
}

#[tokio::test]
async fn an_upload_is_what_it_is_said_to_be_and_waits_for_a_review() {
    let city = zhengzhou(&[], |_| {}).await;
    let resident = register(&city, 1).await;
    city.running(&notice()).await;
    let upload =
        |media: &str, data: String| outside(json!({ "kind": "upload", "mediaType": media, "data": data }));
    for (body, field) in [
        (upload("image/png", "&".to_owned()), "evidence.data"),
        (upload("image/png", STANDARD.encode("GIF89a")), "evidence.data"),
        (upload("image/jpeg", png(100)), "evidence.mediaType"),
        (upload("image/png", png(200_001)), "evidence.data"),
        (json!({ "kind": "vaccinated", "evidence": { "kind": "eu-dcc", "text": "HC1:X" } }), "evidence.kind"),
        (json!({ "kind": "outside-city", "evidence": { "kind": "none" } }), "sampled"),
        (json!({ "kind": "well", "evidence": { "kind": "none" } }), "kind"),
    ] {
        let refused = declare(&city, &resident, body).await;
        assert_eq!((refused.status, refused.problem().2), (422, field.to_owned()), "{}", refused.text());
    }
    let far_too_long = declare(&city, &resident, upload("image/png", png(400_000))).await;
    assert_eq!(far_too_long.refused(), refusal(413, "too-large"));
    let made = declare(&city, &resident, upload("image/png", png(200_000))).await.ok(201);
    assert_eq!(standing(&city, &resident).await, "waiting");
    let list = "/v1/declarations/list?campaign=1&community=1&waiting=true";
    let worker = city.staff(Role::CommunityWorker);
    let waiting = city.get(list).by(&worker).send().await.ok(200);
    assert_eq!(waiting["items"][0]["id"], made["id"]);
    assert_eq!(waiting["items"][0]["person"]["communityId"], 1);
    let path = format!("/v1/people/{}/declarations/{}", resident.person_id, made["id"].as_str().unwrap());
    let evidence = city.get(format!("{path}/evidence?purpose=review")).by(&worker).send().await.ok(200);
    assert_eq!((&evidence["mediaType"], &evidence["data"]), (&json!("image/png"), &json!(png(200_000))));
    let accept = json!({ "accept": true });
    let reviewed = city.post(format!("{path}/review"), &accept).by(&worker).send().await.ok(200);
    assert_eq!(reviewed["reviewed"]["name"], "community-worker");
    let mine = city.get("/v1/declarations").by(&resident.token).send().await.ok(200);
    assert_eq!(
        mine["items"][0]["reviewed"],
        json!({ "at": reviewed["reviewed"]["at"] }),
        "who of the staff it was is nobody else's business"
    );
    assert_eq!(standing(&city, &resident).await, "outside-city");
    assert_eq!(city.get(list).by(&worker).send().await.ok(200)["items"], json!([]));
    let wrong_id = city.post(format!("/v1/people/{}/declarations/x/review", resident.person_id), &accept);
    assert_eq!(wrong_id.by(&worker).send().await.problem().2, "id");
}

#[tokio::test]
async fn a_resident_declares_for_relatives_of_their_own_and_for_nobody_else() {
    let city = zhengzhou(&[], |_| {}).await;
    let (holder, other) = (register(&city, 1).await, register(&city, 2).await);
    let child = json!({
        "document": fields(&born(1, date(2018, 5, 1))), "name": "王小明", "relation": "child",
    });
    let child = city.post("/v1/relatives", &child).by(&holder.token).send().await.ok(201);
    city.running(&notice()).await;
    let about =
        |person: &Value| json!({ "kind": "vaccinated", "relative": person, "evidence": { "kind": "none" } });
    for stranger in [json!(other.person_id), json!("7"), json!("x")] {
        let refused = declare(&city, &holder, about(&stranger)).await;
        assert_eq!(refused.problem(), problem(404, "not-found", "relative"), "{stranger}");
    }
    let not_theirs = declare(&city, &other, about(&child["personId"])).await;
    assert_eq!(not_theirs.problem(), problem(404, "not-found", "relative"));
    let made = declare(&city, &holder, about(&child["personId"])).await.ok(201);
    assert_eq!((&made["personId"], &made["evidence"]), (&child["personId"], &json!("none")));
    let mine = city.get("/v1/declarations").by(&holder.token).send().await.ok(200);
    assert_eq!(mine["items"].as_array().unwrap().len(), 1);
    let theirs = city.get("/v1/declarations").by(&other.token).send().await.ok(200);
    assert_eq!(theirs["items"], json!([]));
}

#[tokio::test]
async fn a_declaration_is_for_a_campaign_that_is_open_and_knows_it() {
    let city = zhengzhou(&[], |_| {}).await;
    let resident = register(&city, 1).await;
    let dose = |campaign: Value| json!({ "campaign": campaign, "kind": "vaccinated", "evidence": { "kind": "none" } });
    let of_none = declare(&city, &resident, dose(Value::Null)).await.ok(201);
    assert!(of_none["campaign"].is_null());
    let nowhere = declare(&city, &resident, dose(json!(9))).await;
    assert_eq!(nowhere.refused(), refusal(404, "not-found"));
    let first = city.running(&notice()).await;
    assert_eq!(declare(&city, &resident, dose(Value::Null)).await.ok(201)["campaign"], first);
    let strict = notice()
        .replacen("zhengzhou-2022-01-05", "strict", 1)
        .replacen("[[exemptions]]\nkind = \"vaccinated\"\nwithin_h = 48\n", "", 1)
        .replacen("at_work_after_declaring = true", "at_work_after_declaring = false", 1);
    let second = city.running(&strict).await;
    let which = declare(&city, &resident, dose(Value::Null)).await;
    assert_eq!(which.problem(), problem(422, "invalid-field", "campaign"));
    let unknown = declare(&city, &resident, dose(json!(second))).await;
    assert_eq!(unknown.problem(), problem(422, "invalid-field", "kind"));
    let at_work = json!({ "campaign": second, "kind": "at-work", "evidence": { "kind": "none" } });
    assert_eq!(declare(&city, &resident, at_work).await.problem(), problem(422, "invalid-field", "kind"));
    // The same request again is the same declaration.
    let send = async || {
        let call = city.post("/v1/declarations", &dose(json!(first))).by(&resident.token);
        call.header("idempotency-key", "k").send().await.ok(201)["id"].clone()
    };
    assert_eq!(send().await, send().await);
}
