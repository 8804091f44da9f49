//! The OpenAPI 3.1 document, made from the route table.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::http::route::{Access, Route};
use crate::problem::{Code, ProblemDocument};

/// The description of every route in the table.
#[must_use]
pub fn document(routes: &[Route]) -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    let mut generator = settings.into_generator();
    let problem = generator.subschema_for::<ProblemDocument<'_>>();
    let mut paths: Map<String, Value> = Map::new();
    for route in routes {
        let body = route.body.map(|schema| schema(&mut generator));
        let query = route.query.map(|schema| schema(&mut generator));
        let answer = match route.answer {
            None => json!({}),
            Some((media, None)) => json!({ media: {} }),
            Some((media, Some(schema))) => json!({ media: { "schema": schema(&mut generator) } }),
        };
        let mut responses = Map::new();
        responses.insert(
            route.status.as_str().to_owned(),
            json!({ "description": route.status.canonical_reason().unwrap_or("ok"), "content": answer }),
        );
        responses.insert(
            "default".to_owned(),
            json!({ "description": "a problem", "content": { "application/problem+json": { "schema": problem } } }),
        );
        let mut operation = json!({
            "operationId": operation_id(route),
            "summary": route.summary,
            "parameters": parameters(route, query.as_ref()),
            "responses": responses,
            "x-access": access(route.access),
        });
        if route.access != Access::Public {
            operation["security"] = json!([{ "session": [] }]);
        }
        if let Some(schema) = body {
            operation["requestBody"] =
                json!({ "required": true, "content": { "application/json": { "schema": schema } } });
        }
        if let Some(file) = route.terms.file {
            let schema = json!({ "schema": { "type": "string", "format": "binary" } });
            let content: Map<String, Value> =
                file.media.iter().map(|media| ((*media).to_owned(), schema.clone())).collect();
            operation["requestBody"] = json!({ "required": true, "content": content });
        }
        let path = paths.entry(route.path.to_owned()).or_insert_with(|| json!({}));
        path[route.method.name().to_ascii_lowercase()] = operation;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "yimatong 一码通",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            "description": problems_text(),
        },
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": { "session": { "type": "http", "scheme": "bearer" } },
        },
    })
}

/// `post /v1/people/{personId}/paper-codes` becomes `postPeoplePersonIdPaperCodes`.
fn operation_id(route: &Route) -> String {
    let mut id = route.method.name().to_ascii_lowercase();
    for word in route.path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty() && *w != "v1")
    {
        let (first, rest) = word.split_at(1);
        id.push_str(&first.to_ascii_uppercase());
        id.push_str(rest);
    }
    id
}

fn parameters(route: &Route, query: Option<&schemars::Schema>) -> Vec<Value> {
    let mut parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    if let Some(query) = query.map(schemars::Schema::as_value) {
        let required = query["required"].as_array().cloned().unwrap_or_default();
        for (name, schema) in query["properties"].as_object().into_iter().flatten() {
            let required = required.iter().any(|r| r == name);
            parameters.push(json!({ "name": name, "in": "query", "required": required, "schema": schema }));
        }
    }
    if route.body.is_some() {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "schema": { "type": "string", "maxLength": 255 },
            "description": "a repeat with the same key and body answers as the first did",
        }));
    }
    parameters
}

fn access(access: Access) -> Value {
    match access {
        Access::Public => json!("public"),
        Access::Resident => json!("resident"),
        Access::AnyStaff => json!("any staff"),
        Access::Staff(roles) => json!(roles.iter().map(|role| role.as_str()).collect::<Vec<_>>()),
    }
}

fn problems_text() -> String {
    let rows: Vec<String> = Code::ALL
        .iter()
        .map(|code| {
            let (status, slug, title, title_zh) = code.row();
            format!("- `/problems/{slug}` ({status}): {title} / {title_zh}")
        })
        .collect();
    format!("Problem types:\n{}", rows.join("\n"))
}
