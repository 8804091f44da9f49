//! JSON bodies: parsed strictly, with errors that name the field, and with the request's idempotency.

use std::error::Error as _;
use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;
use yimatong_store::Idempotency;

use crate::app::App;
use crate::connections::BodyTooSlow;
use crate::digest::sha256;
use crate::http::chinese::chinese;
use crate::http::guard::Caller;
use crate::problem::{Code, Problem};

/// Longest accepted `Idempotency-Key` in characters.
const LONGEST_KEY: usize = 255;

/// A parsed JSON body together with the idempotency of the request it came in.
#[derive(Debug)]
pub struct Body<T> {
    /// The parsed value.
    pub value: T,
    /// Set when the client sent an `Idempotency-Key`.
    pub idempotency: Option<Idempotency>,
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.split(';').next().unwrap_or("").trim() == "application/json");
        if !is_json {
            return Err(Problem::new(Code::UnsupportedMedia)
                .because("send content-type: application/json", "请使用 content-type: application/json"));
        }
        let scope = scope(&request)?;
        let limit = app.config.server.max_body_bytes;
        let read = to_bytes(request.into_body(), limit).await;
        let bytes = read.map_err(|error| unreadable(&error, limit))?;
        let value = parse(&bytes)?;
        Ok(Self { value, idempotency: scope.map(|scope| idempotency(&scope, &bytes)) })
    }
}

/// A body of more than `limit` bytes.
pub(crate) fn too_long(limit: usize) -> Problem {
    Problem::new(Code::TooLarge).because(
        format!("a body may have at most {limit} bytes; send smaller batches"),
        format!("请求内容最多 {limit} 字节，请分批提交"),
    )
}

/// Why a body could not be read.
pub(crate) fn unreadable(error: &axum::Error, limit: usize) -> Problem {
    let mut cause = error.source();
    while let Some(inner) = cause.filter(|cause| !cause.is::<LengthLimitError>()) {
        cause = inner.source();
    }
    if cause.is_some() {
        too_long(limit)
    } else if BodyTooSlow::is_behind(error) {
        Problem::new(Code::RequestTimeout)
    } else {
        Problem::new(Code::MalformedJson).because("the body did not arrive whole", "请求内容没有完整到达")
    }
}

/// Method, path, caller and key in one text: the same key of another person or route is another key.
fn scope(request: &Request) -> Result<Option<String>, Problem> {
    let Some(key) = request.headers().get("idempotency-key") else { return Ok(None) };
    let key =
        key.to_str().ok().filter(|key| !key.is_empty() && key.len() <= LONGEST_KEY).ok_or_else(|| {
            Problem::new(Code::InvalidParameter).at("Idempotency-Key").because(
                "Idempotency-Key must be 1 to 255 visible ASCII characters",
                "Idempotency-Key 须为 1 到 255 个可见 ASCII 字符",
            )
        })?;
    let caller = request.extensions().get::<Caller>().map_or_else(String::new, Caller::scope);
    Ok(Some(format!("{} {}\n{caller}\n{key}", request.method(), request.uri().path())))
}

fn idempotency(scope: &str, body: &[u8]) -> Idempotency {
    Idempotency { key: sha256(scope.as_bytes()), request: sha256(body) }
}

/// Parses JSON into `T`; an error names the field and says what was expected there.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // The deserializer would take the elements of an array as the fields in their order.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(Problem::field("(body)", "must be a JSON object", "请求内容必须是 JSON 对象"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.inner();
        if inner.is_data() {
            let text = inner.to_string();
            let field = field_of(&path, &text);
            let zh = format!("格式不正确：{}", chinese(&text));
            Problem::field(field, text, zh)
        } else {
            malformed(inner)
        }
    })?;
    json.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// The path of the field an error is about. Where a field is missing, serde's path ends at the object around it.
fn field_of(path: &str, text: &str) -> String {
    match (path, missing_field(text)) {
        (".", None) => "(body)".to_owned(),
        (".", Some(name)) => name.to_owned(),
        (path, Some(name)) => format!("{path}.{name}"),
        (path, None) => path.to_owned(),
    }
}

/// The name in serde's "missing field" error.
pub(crate) fn missing_field(text: &str) -> Option<&str> {
    text.strip_prefix("missing field `")?.split('`').next()
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(Code::MalformedJson).because(error.to_string(), format!("JSON 语法错误：{error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(rename = "document")]
        _document: Inner,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[serde(rename = "number")]
        _number: String,
    }

    fn problem(text: &str) -> (Code, String) {
        let problem = parse::<Outer>(text.as_bytes()).unwrap_err();
        let document = serde_json::to_value(problem.document()).unwrap();
        (problem.code(), document["field"].as_str().unwrap_or("").to_owned())
    }

    #[test]
    fn a_wrong_type_names_the_path_of_the_field() {
        assert_eq!(
            problem(r#"{"document":{"number":7}}"#),
            (Code::InvalidField, "document.number".to_owned())
        );
    }

    #[test]
    fn an_unknown_field_is_refused_by_name() {
        let (code, field) = problem(r#"{"document":{"number":"x","colour":"red"}}"#);
        assert_eq!(code, Code::InvalidField);
        assert_eq!(field, "document.colour");
    }

    #[test]
    fn a_missing_field_is_named() {
        assert_eq!(problem("{}"), (Code::InvalidField, "document".to_owned()));
        assert_eq!(problem(r#"{"document":{}}"#), (Code::InvalidField, "document.number".to_owned()));
        assert_eq!(problem("[]"), (Code::InvalidField, "(body)".to_owned()));
    }

    #[test]
    fn an_array_is_not_taken_for_an_object() {
        assert_eq!(problem(r#"[{"number":"x"}]"#), (Code::InvalidField, "(body)".to_owned()));
    }

    #[test]
    fn broken_json_and_trailing_text_are_malformed() {
        for text in ["", "{", r#"{"document":{"number":"x"}} x"#, "\u{0}"] {
            assert_eq!(problem(text).0, Code::MalformedJson, "{text:?}");
        }
    }
}
