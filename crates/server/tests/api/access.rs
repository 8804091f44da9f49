//! Who may call what: the whole table of routes and roles, first as data, then as real requests.

use yimatong_model::role::Role::{
    self, Approver, Auditor, CommunityWorker, Headquarters, HotlineAgent, Lab, Operator, Sampler, Tracer,
    Verifier,
};
use yimatong_server::http::route::Access::{self, AnyStaff, Public, Resident, Staff};
use yimatong_server::routes;

use crate::city::City;
use crate::client::{Answer, refusal};
use crate::resident::register;

/// Every route and who may call it. A new route is added here by hand, or the first test fails.
const TABLE: &[(&str, &str, Access)] = &[
    ("POST", "/v1/one-time-passwords", Public),
    ("POST", "/v1/people", Public),
    ("POST", "/v1/devices", Public),
    ("GET", "/v1/communities", Public),
    ("GET", "/v1/status-lists", Public),
    ("GET", "/v1/status-lists/{n}", Public),
    ("GET", "/.well-known/jwks.json", Public),
    ("GET", "/v1/server", Public),
    ("POST", "/v1/staff/sessions", Public),
    ("GET", "/v1/demo/accounts", Public),
    ("GET", "/healthz", Public),
    ("GET", "/readyz", Public),
    ("GET", "/metrics", Public),
    ("GET", "/openapi.json", Public),
    ("GET", "/v1/room/now.json", Public),
    ("GET", "/v1/overload", Staff(&[Operator])),
    ("POST", "/v1/overload/settings", Staff(&[Operator])),
    ("POST", "/v1/overload/switches", Staff(&[Operator])),
    ("POST", "/v1/notices", Staff(&[Operator])),
    ("DELETE", "/v1/notices", Staff(&[Operator])),
    ("POST", "/v1/registry/reload", Staff(&[Operator])),
    ("GET", "/v1/code", Resident),
    ("GET", "/v1/results", Resident),
    ("GET", "/v1/results/{id}/proof", Resident),
    ("GET", "/v1/relatives", Resident),
    ("POST", "/v1/relatives", Resident),
    ("DELETE", "/v1/relatives/{personId}", Resident),
    ("POST", "/v1/paper-codes", Resident),
    ("DELETE", "/v1/session", Resident),
    ("GET", "/v1/staff/me", AnyStaff),
    ("DELETE", "/v1/staff/session", AnyStaff),
    ("GET", "/v1/venues", AnyStaff),
    ("POST", "/v1/venues", Staff(&[CommunityWorker, Operator])),
    ("POST", "/v1/checks", Staff(&[Verifier, CommunityWorker, Headquarters, HotlineAgent])),
    ("POST", "/v1/check-ins", Staff(&[Verifier, CommunityWorker])),
    ("POST", "/v1/test-results", Staff(&[Lab])),
    ("POST", "/v1/tube-results", Staff(&[Lab])),
    ("POST", "/v1/tube-results/import", Staff(&[Lab])),
    ("GET", "/v1/people/{personId}", Staff(&[CommunityWorker, Headquarters, HotlineAgent])),
    ("POST", "/v1/people/{personId}/paper-codes", Staff(&[CommunityWorker])),
    ("POST", "/v1/staff", Staff(&[Operator])),
    ("GET", "/v1/staff", Staff(&[Operator])),
    ("POST", "/v1/staff/{id}/disable", Staff(&[Operator])),
    ("GET", "/v1/audit", Staff(&[Auditor])),
    ("GET", "/v1/statistics", Staff(&[Headquarters, Operator])),
    // Sampling
    ("GET", "/v1/sampling-points", AnyStaff),
    ("POST", "/v1/sampling-points", Staff(&[Headquarters, CommunityWorker])),
    ("POST", "/v1/sampling-points/{id}/close", Staff(&[Headquarters, CommunityWorker])),
    ("POST", "/v1/sampling-points/{id}/queue", Staff(&[Sampler, CommunityWorker])),
    ("GET", "/v1/sampling-points/queues", Public),
    ("POST", "/v1/samples", Staff(&[Sampler])),
    ("POST", "/v1/samples/check", Staff(&[Sampler])),
    ("GET", "/v1/samples", Resident),
    ("POST", "/v1/tubes/seal", Staff(&[Sampler])),
    ("POST", "/v1/tubes/receive", Staff(&[Lab])),
    ("GET", "/v1/tubes/overdue", Staff(&[Sampler, Lab, CommunityWorker, Headquarters])),
    ("GET", "/v1/tubes/{barcode}", Staff(&[Sampler, Lab, CommunityWorker, Headquarters])),
    ("POST", "/v1/tubes/{barcode}/samples/{id}/undo", Staff(&[Sampler, CommunityWorker, Headquarters])),
    ("POST", "/v1/boxes", Staff(&[Sampler])),
    ("POST", "/v1/boxes/{box}/hand-over", Staff(&[Sampler])),
    ("POST", "/v1/boxes/{box}/receive", Staff(&[Lab])),
    ("GET", "/v1/sample-problems", Staff(&[Lab, CommunityWorker, Headquarters])),
    ("POST", "/v1/sample-problems/{id}/resolve", Staff(&[Lab, CommunityWorker, Headquarters])),
    ("GET", "/v1/resample-tasks", Staff(&[Sampler, CommunityWorker, Headquarters])),
    ("GET", "/v1/case-files", Staff(&[Tracer, Headquarters])),
    ("POST", "/v1/campaigns/check", Staff(&[Headquarters, CommunityWorker, Approver])),
    ("POST", "/v1/campaigns", Staff(&[Headquarters])),
    ("GET", "/v1/campaigns", AnyStaff),
    ("GET", "/v1/campaigns/{n}", AnyStaff),
    ("POST", "/v1/campaigns/{n}/redraft", Staff(&[Headquarters])),
    ("POST", "/v1/campaigns/{n}/approve", Staff(&[Approver, Headquarters])),
    ("POST", "/v1/campaigns/{n}/withdraw", Staff(&[Headquarters])),
    ("POST", "/v1/campaigns/{n}/start", Staff(&[Headquarters])),
    ("POST", "/v1/campaigns/{n}/refine", Staff(&[Headquarters, CommunityWorker])),
    ("POST", "/v1/campaigns/{n}/ask-to-close", Staff(&[Headquarters])),
    ("POST", "/v1/campaigns/{n}/approve-closing", Staff(&[Approver, Headquarters])),
    ("POST", "/v1/campaigns/{n}/refuse-closing", Staff(&[Approver, Headquarters])),
    ("POST", "/v1/campaigns/{n}/reverse", Staff(&[Headquarters])),
    ("GET", "/v1/campaigns/{n}/closing-preview", Staff(&[Headquarters, Approver])),
    ("GET", "/v1/campaigns/{n}/coverage", Staff(&[Headquarters, Approver, CommunityWorker])),
    ("GET", "/v1/campaigns/{n}/missed", Staff(&[CommunityWorker, Headquarters])),
    ("GET", "/v1/campaigns/{n}/progress", Staff(&[Headquarters, Approver, CommunityWorker])),
    ("POST", "/v1/declarations", Resident),
    ("GET", "/v1/declarations", Resident),
    ("POST", "/v1/people/{personId}/declarations", Staff(&[CommunityWorker])),
    ("GET", "/v1/declarations/list", Staff(&[CommunityWorker, Headquarters])),
    ("POST", "/v1/people/{personId}/declarations/{id}/review", Staff(&[CommunityWorker, Headquarters])),
    ("GET", "/v1/people/{personId}/declarations/{id}/evidence", Staff(&[CommunityWorker, Headquarters])),
    ("GET", "/v1/schedule", Resident),
    ("POST", "/v1/rules/preview", Staff(&[Headquarters, Approver, Operator])),
];

#[test]
fn the_servers_table_of_routes_is_the_one_written_down_here() {
    let line = |method: &str, path: &str, access: Access| format!("{method} {path} {access:?}");
    let mut written: Vec<String> = TABLE.iter().map(|(m, p, a)| line(m, p, *a)).collect();
    let mut served: Vec<String> =
        routes::table().iter().map(|route| line(route.method.name(), route.path, route.access)).collect();
    written.sort();
    served.sort();
    assert_eq!(served, written);
}

/// Calls a route with a body that is JSON but says nothing, so that nobody is changed.
async fn knock(city: &City, method: &'static str, path: &str, token: Option<&str>) -> Answer {
    let path = path.replace("{personId}", "1").replace("{id}", "999").replace("{n}", "0");
    let path = path.replace("{barcode}", "ZZ-000001").replace("{box}", "BOX-0001");
    let mut call = city.call(method, path);
    if method == "POST" {
        call = call.json(&serde_json::json!({}));
    }
    if let Some(token) = token {
        call = call.by(token);
    }
    call.send().await
}

#[track_caller]
fn let_in(answer: &Answer, who: &str) {
    assert!(![401, 403, 500].contains(&answer.status), "{who}: {} {}", answer.status, answer.text());
}

#[tokio::test]
async fn nobody_gets_past_a_guard_without_a_session() {
    let city = City::new().await;
    for (method, path, access) in TABLE {
        let answer = knock(&city, method, path, None).await;
        if *access == Public {
            let_in(&answer, path);
        } else {
            assert_eq!(answer.refused(), refusal(401, "sign-in-needed"), "{method} {path}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
    }
}

#[tokio::test]
async fn a_resident_gets_to_the_residents_routes_only() {
    let city = City::new().await;
    for (n, (method, path, access)) in (0..).zip(TABLE) {
        // Signing out is among the routes, so each gets a resident of its own.
        let resident = register(&city, n).await;
        let answer = knock(&city, method, path, Some(&resident.token)).await;
        match access {
            Public | Resident => let_in(&answer, path),
            AnyStaff | Staff(_) => {
                assert_eq!(answer.refused(), refusal(403, "not-allowed"), "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn every_role_gets_to_its_own_routes_only() {
    let city = City::new().await;
    for role in Role::ALL {
        for (method, path, access) in TABLE {
            let answer = knock(&city, method, path, Some(&city.staff(role))).await;
            let may = match access {
                Public | AnyStaff => true,
                Resident => false,
                Staff(roles) => roles.contains(&role),
            };
            if may {
                let_in(&answer, &format!("{role} {method} {path}"));
            } else {
                assert_eq!(answer.refused(), refusal(403, "not-allowed"), "{role} {method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_path_and_a_wrong_method_are_problems_too() {
    let city = City::new().await;
    for path in ["/v1/nothing", "/v1/people/1/nothing", "/v2/code", "/../etc/passwd", "/v1/code/"] {
        assert_eq!(city.get(path).send().await.refused(), refusal(404, "not-found"), "{path}");
    }
    for (method, path) in [("PUT", "/v1/code"), ("DELETE", "/v1/people"), ("PATCH", "/healthz")] {
        let answer = city.call(method, path).send().await;
        assert_eq!(answer.refused(), refusal(405, "method-not-allowed"), "{method} {path}");
        assert!(answer.header("allow").is_some(), "{method} {path} says what is offered");
    }
    let answer = city.call("POST", "/").send().await;
    assert_eq!(answer.refused(), refusal(405, "method-not-allowed"));
}

#[tokio::test]
async fn the_way_past_the_router_has_the_same_guard() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    for (method, path) in [("HEAD", "/v1/code"), ("GET", "/v1/code"), ("GET", "/v1/code?x=1")] {
        assert_eq!(city.call(method, path).send().await.status, 401, "{method} {path}");
        let answer = city.call(method, path).by(&resident.token).send().await;
        assert_eq!(answer.status, 200, "{method} {path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
    for path in ["/v1/c%6Fde", "//v1/code", "/v1/CODE"] {
        let answer = city.get(path).by(&resident.token).send().await;
        assert_eq!(answer.refused(), refusal(404, "not-found"), "{path}");
    }
    let metrics = city.get("/metrics").send().await.text();
    let counted = "requests_total{method=\"GET\",route=\"/v1/code\",status=\"2xx\"} ";
    let line = metrics.lines().find(|line| line.contains(counted)).unwrap_or_else(|| panic!("{metrics}"));
    assert!(line.ends_with(" 3"), "{line}");
}

#[tokio::test]
async fn an_expired_session_is_told_from_a_forged_one() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let verifier = city.staff(Verifier);
    city.clock.advance_s(3_600);
    let answer = city.get("/v1/staff/me").by(&verifier).send().await;
    assert_eq!(answer.refused(), refusal(401, "session-expired"));
    city.clock.advance_s(181 * 86_400);
    let answer = city.get("/v1/code").by(&resident.token).send().await;
    assert_eq!(answer.refused(), refusal(401, "session-expired"));
}

#[tokio::test]
async fn tokens_that_are_forged_or_another_servers_open_nothing() {
    let (city, other) = (City::new().await, City::new().await);
    let foreign = register(&other, 1).await.token;
    register(&city, 1).await;
    let own = city.staff(Operator);
    let mut changed = own.clone().into_bytes();
    let first = changed[3];
    changed[3] = if first == b'A' { b'B' } else { b'A' };
    let long = "A".repeat(5_000);
    for token in [&foreign, &other.staff(Operator), std::str::from_utf8(&changed).unwrap(), "", "x", &long] {
        for path in ["/v1/code", "/v1/staff"] {
            let answer = city.get(path).by(token).send().await;
            assert_eq!(answer.refused(), refusal(401, "sign-in-needed"), "{token}");
        }
    }
    for header in ["Basic b3BlcmF0b3I6eA==", "bearer x", &own, "Bearer ä"] {
        let answer = city.get("/v1/staff").header("authorization", header).send().await;
        assert_eq!(answer.refused(), refusal(401, "sign-in-needed"), "{header}");
    }
    assert_eq!(city.get("/v1/staff").by(&own).send().await.status, 200);
}

#[tokio::test]
async fn a_server_that_starts_leaves_or_drains_says_so_and_when_to_come_back() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    assert_eq!(city.get("/readyz").send().await.status, 200);
    city.app.leave();
    assert_eq!(city.get("/readyz").send().await.refused(), refusal(503, "starting"));
    assert_eq!(city.get("/v1/code").by(&resident.token).send().await.status, 200, "it answers all the same");
    city.app.drain();
    assert_eq!(city.get("/readyz").send().await.refused(), refusal(503, "starting"));
    assert_eq!(
        city.get("/v1/code").by(&resident.token).send().await.status,
        200,
        "what lies in memory to the end"
    );
    let answer = city.get("/v1/results").by(&resident.token).send().await;
    assert_eq!(answer.refused(), refusal(503, "starting"));
    assert_eq!(answer.header("retry-after"), Some("3"));
    assert_eq!(city.get("/healthz").send().await.status, 200);
}
