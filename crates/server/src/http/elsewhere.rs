//! A request of a resident of another part: where it belongs.
//!
//! The cookie `part` names the part, and a balancer that routes by it needs to know nothing else. Nodes need not know each other.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use yimatong_model::ids::PersonId;

use crate::app::App;
use crate::problem::{Code, Problem};
use crate::registry::part::Part;

const COOKIE: &str = "part";
/// The same in the query of an address.
const FIELD: &str = "part=";
/// How long a browser keeps it, in seconds: a year. A wrong one costs a redirect.
const MAX_AGE_S: u32 = 31_536_000;

/// A part as the cookie says it, `3-16`: with the count, since the third of 16 parts is not the third of 32.
fn value(part: Part) -> String {
    let (number, count) = part.numbers();
    format!("{number}-{count}")
}

/// The header that keeps a person's requests at the part that holds them; none where there is one part.
pub(crate) fn cookie(app: &App, person: PersonId) -> Option<[(HeaderName, HeaderValue); 1]> {
    let part = app.registry.part();
    if part.is_whole() {
        return None;
    }
    let secure = if app.is_https() { "; Secure" } else { "" };
    let value = value(part.of(person));
    let text = format!("{COOKIE}={value}; Path=/; Max-Age={MAX_AGE_S}; HttpOnly; SameSite=Lax{secure}");
    Some([(header::SET_COOKIE, HeaderValue::try_from(text).expect("digits and a dash fit a header"))])
}

/// Sends a request to the part that holds the person: the same request again, now with the cookie, and with the part in its address for
/// clients that keep no cookies. One that has either already was routed by something else, and would come here again.
pub(crate) fn answer(app: &App, person: PersonId, uri: &Uri, headers: &HeaderMap) -> Response {
    let part = app.registry.part();
    let right = part.of(person);
    let is_sent_on = has_cookie(headers, &value(right)) || names_a_part(uri);
    match (place_with(uri, &value(right)), cookie(app, person)) {
        (Some(place), Some(cookie)) if !is_sent_on => {
            app.metrics.part_redirects.inc();
            (StatusCode::TEMPORARY_REDIRECT, cookie, [(header::LOCATION, place)]).into_response()
        }
        _ => {
            app.metrics.part_misdirected.inc();
            misdirected(part, right).into_response()
        }
    }
}

fn misdirected(here: Part, right: Part) -> Problem {
    let value = value(right);
    Problem::new(Code::Misdirected).because(
        format!(
            "this node keeps part {here} of the city and the request belongs to part {right}; the balancer must send requests with \
             the cookie {COOKIE}={value} there (docs/ops.md, Parts)"
        ),
        format!("本节点负责第 {here} 分区，该请求属于第 {right} 分区；负载均衡须按 Cookie {COOKIE}={value} 转发"),
    )
}

/// Was the request sent on once?
fn names_a_part(uri: &Uri) -> bool {
    uri.query().is_some_and(|query| query.split('&').any(|field| field.starts_with(FIELD)))
}

/// The address as it was before it was sent on; none without a query.
pub(crate) fn without_part(uri: &Uri) -> Option<Uri> {
    let rest: Vec<&str> = uri.query()?.split('&').filter(|field| !field.starts_with(FIELD)).collect();
    format!("{}?{}", uri.path(), rest.join("&")).parse().ok()
}

fn place_with(uri: &Uri, value: &str) -> Option<HeaderValue> {
    let place = uri.path_and_query()?.as_str();
    let joint = if uri.query().is_some() { '&' } else { '?' };
    HeaderValue::try_from(format!("{place}{joint}{FIELD}{value}")).ok()
}

fn has_cookie(headers: &HeaderMap, wanted: &str) -> bool {
    let texts = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.any(|(name, value)| name == COOKIE && value == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others_and_only_with_this_very_value() {
        let has = |text: &str| {
            let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(text).unwrap())]);
            has_cookie(&headers, "3-16")
        };
        assert!(has("part=3-16") && has("a=b; part=3-16") && has("part=1-2; part=3-16"));
        assert!(!has("part=3-32") && !has("apart=3-16") && !has("part=13-16") && !has("part") && !has(""));
        assert!(!has_cookie(&HeaderMap::new(), "3-16"));
    }
}
