//! The API description: OpenAPI 3.1, every route of the table, nothing dangling.

use std::collections::BTreeSet;

use serde_json::Value;
use yimatong_server::http::openapi::document;
use yimatong_server::http::route::Access;
use yimatong_server::routes;

use crate::city::City;
use crate::schema::resolve;

fn operation<'d>(description: &'d Value, method: &str, path: &str) -> &'d Value {
    &description["paths"][path][method.to_ascii_lowercase()]
}

#[tokio::test]
async fn it_is_served_and_is_openapi_3_1() {
    let city = City::new().await;
    let served = city.get("/openapi.json").send().await.ok(200);
    assert_eq!(served, document(&routes::table()));
    assert!(served["openapi"].as_str().unwrap().starts_with("3.1."));
    assert_eq!(served["info"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(served["components"]["securitySchemes"]["session"]["scheme"], "bearer");
}

#[test]
fn every_route_is_described_once_and_nothing_else_is() {
    let table = routes::table();
    let description = document(&table);
    let described: usize =
        description["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len()).sum();
    assert_eq!(described, table.len());
    let mut ids = BTreeSet::new();
    for route in &table {
        let operation = operation(&description, route.method.name(), route.path);
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{}", route.path);
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{}", route.path);
        assert_eq!(operation["security"].is_array(), route.access != Access::Public, "{}", route.path);
        assert!(operation["responses"]["default"]["content"]["application/problem+json"].is_object());
    }
}

#[test]
fn every_body_answer_and_parameter_has_a_schema() {
    let table = routes::table();
    let description = document(&table);
    for route in &table {
        let operation = operation(&description, route.method.name(), route.path);
        let line = format!("{} {}", route.method.name(), route.path);
        let answer = &operation["responses"][route.status.as_str()];
        if route.status.as_u16() != 204 {
            let media = answer["content"].as_object().unwrap_or_else(|| panic!("{line} answers nothing"));
            assert_eq!(media.len(), 1, "{line}");
            if let Some(json) = media.get("application/json").filter(|_| route.path != "/openapi.json") {
                assert!(json["schema"].is_object(), "{line}");
            }
        }
        let writes = route.method.name() == "POST"
            && route.terms.file.is_none()
            && !["/disable", "/reload", "/close", "/{box}/receive"]
                .iter()
                .any(|end| route.path.ends_with(end));
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(body.is_object(), writes, "{line}");
        for media in route.terms.file.iter().flat_map(|file| file.media) {
            assert!(operation["requestBody"]["content"][media]["schema"].is_object(), "{line} {media}");
        }
        let named: BTreeSet<&str> = operation["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        let in_path: BTreeSet<&str> =
            route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        assert_eq!(named, in_path, "{line}");
        for parameter in operation["parameters"].as_array().unwrap() {
            assert!(parameter["schema"].is_object(), "{line} {parameter}");
        }
    }
}

#[test]
fn every_reference_points_at_something() {
    fn walk(root: &Value, value: &Value, found: &mut usize) {
        match value {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    resolve(root, reference).unwrap();
                    *found += 1;
                }
                members.values().for_each(|member| walk(root, member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(root, item, found)),
            _ => {}
        }
    }
    let description = document(&routes::table());
    let mut found = 0;
    walk(&description, &description, &mut found);
    assert!(found > 40, "{found} references");
}

#[test]
fn every_problem_type_is_listed() {
    let description = document(&routes::table());
    let text = description["info"]["description"].as_str().unwrap();
    for code in yimatong_server::problem::Code::ALL {
        assert!(text.contains(&format!("`/problems/{}`", code.row().1)), "{code:?}");
    }
}
