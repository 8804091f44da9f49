//! `If-None-Match`: does the client hold the present version already?

use axum::http::{HeaderMap, HeaderValue, header};

/// Compares weakly and looks at lists (RFC 9110, 13.1.2): proxies that compress an answer make its tag weak.
#[must_use]
pub fn is_held(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    headers.get_all(header::IF_NONE_MATCH).iter().any(|given| given == etag || names(given, etag))
}

fn names(given: &HeaderValue, etag: &HeaderValue) -> bool {
    given.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii).any(|tag| {
        // Our tags hold no comma.
        tag == b"*" || tag.strip_prefix(b"W/").unwrap_or(tag) == etag.as_bytes()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_tags_lists_and_the_star_are_understood() {
        let etag = HeaderValue::from_static("\"7-a\"");
        let held = |given: &'static str| {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(given))]);
            is_held(&headers, &etag)
        };
        for given in ["\"7-a\"", "W/\"7-a\"", "\"6-a\", W/\"7-a\"", "*"] {
            assert!(held(given), "{given}");
        }
        for given in ["", "\"7-b\"", "7-a", "W/\"7-a", "\"7-a\"x"] {
            assert!(!held(given), "{given}");
        }
        assert!(!is_held(&HeaderMap::new(), &etag));
    }
}
