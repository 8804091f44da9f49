//! `If-None-Match`: does the client hold the present version already? `If-Match`: does it know what it changes?

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

/// Is this the version that a change is meant for? One that names none is meant for whatever there is.
#[must_use]
pub fn is_meant(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let mut given = headers.get_all(header::IF_MATCH).iter().peekable();
    // Compared strongly (RFC 9110, 13.1.1).
    let names = |given: &HeaderValue| {
        given
            .as_bytes()
            .split(|byte| *byte == b',')
            .map(<[u8]>::trim_ascii)
            .any(|tag| tag == b"*" || tag == etag.as_bytes())
    };
    given.peek().is_none() || given.any(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_meant_for_the_versions_it_names() {
        let etag = HeaderValue::from_static("\"7-a\"");
        let meant = |given: &'static str| {
            let headers = HeaderMap::from_iter([(header::IF_MATCH, HeaderValue::from_static(given))]);
            is_meant(&headers, &etag)
        };
        for given in ["\"7-a\"", "\"6-a\", \"7-a\"", "*"] {
            assert!(meant(given), "{given}");
        }
        for given in ["", "\"7-b\"", "W/\"7-a\"", "7-a"] {
            assert!(!meant(given), "{given}");
        }
        assert!(is_meant(&HeaderMap::new(), &etag));
    }

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
