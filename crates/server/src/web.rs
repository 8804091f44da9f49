//! The pages, built into the binary and sent precompressed.

use std::collections::HashMap;
use std::sync::OnceLock;

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

use crate::digest;
use crate::http::etag::is_held;
use crate::problem::{Code, Problem};

/// One file of the built pages.
struct Asset {
    path: &'static str,
    plain: &'static [u8],
    gzip: Option<&'static [u8]>,
    brotli: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/web_assets.rs"));

/// Nothing from elsewhere, nothing inline; WebAssembly for the scanner, data and blob images for QR codes and
/// photos, blob media for the camera.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
     media-src 'self' blob:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn assets() -> &'static HashMap<&'static str, &'static Asset> {
    static INDEX: OnceLock<HashMap<&'static str, &'static Asset>> = OnceLock::new();
    INDEX.get_or_init(|| ASSETS.iter().map(|asset| (asset.path, asset)).collect())
}

/// The file of an address: `/` and `/verifier` are pages, everything else is a file name.
fn find(path: &str) -> Option<&'static Asset> {
    let name = match path {
        "/" => "index.html",
        "/verifier" => "verifier.html",
        "/sampler" => "sampler.html",
        "/console" => "console.html",
        other => other.strip_prefix('/')?,
    };
    assets().get(name).copied()
}

/// Sends a page or one of its files; everything else is a problem document.
pub(crate) async fn page(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let Some(asset) = find(uri.path()) else {
        return Problem::new(Code::NotFound).into_response();
    };
    if method != Method::GET && method != Method::HEAD {
        return Problem::new(Code::MethodNotAllowed).into_response();
    }
    let etag = etag(asset);
    let mut response = if is_held(&headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let (body, encoding) = encoded(asset, &headers);
        let mut response = body.into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(asset.path)));
        if let Some(encoding) = encoding {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    };
    let head = response.headers_mut();
    head.insert(header::ETAG, etag);
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control(asset.path)));
    head.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    head.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    head.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    head.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    head.insert(
        "permissions-policy",
        HeaderValue::from_static("camera=(self), geolocation=(), microphone=()"),
    );
    response
}

/// How long browsers keep a file. The service worker is asked for once an hour, so that a repeat visit in a surge
/// costs one request.
fn cache_control(path: &str) -> &'static str {
    match path {
        "sw.js" => "public, max-age=3600",
        path if path.starts_with("assets/") => "public, max-age=31536000, immutable",
        _ => "no-cache",
    }
}

fn encoded(asset: &Asset, headers: &HeaderMap) -> (&'static [u8], Option<&'static str>) {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let accepts =
        |name: &str| accepted.split(',').any(|item| item.split(';').next().unwrap_or("").trim() == name);
    match (asset.brotli, asset.gzip) {
        (Some(brotli), _) if accepts("br") => (brotli, Some("br")),
        (_, Some(gzip)) if accepts("gzip") => (gzip, Some("gzip")),
        _ => (asset.plain, None),
    }
}

fn etag(asset: &Asset) -> HeaderValue {
    static TAGS: OnceLock<HashMap<&'static str, HeaderValue>> = OnceLock::new();
    let tags = TAGS.get_or_init(|| {
        let tag = |asset: &Asset| {
            HeaderValue::try_from(digest::etag(asset.plain)).expect("hex digits fit a header")
        };
        ASSETS.iter().map(|asset| (asset.path, tag(asset))).collect()
    });
    tags[asset.path].clone()
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_pages_are_in_the_binary_precompressed() {
        for path in ["/", "/verifier", "/sampler", "/console"] {
            let asset = find(path).unwrap_or_else(|| panic!("{path}"));
            assert!(asset.brotli.is_some_and(|brotli| brotli.len() < asset.plain.len()), "{path}");
            assert!(asset.gzip.is_some());
        }
        assert!(find("/../Cargo.toml").is_none() && find("//etc/passwd").is_none());
    }

    #[test]
    fn no_page_has_anything_inline_that_the_policy_would_refuse() {
        for asset in ASSETS.iter().filter(|asset| asset.path.ends_with(".html")) {
            let html = std::str::from_utf8(asset.plain).unwrap();
            assert!(!html.contains("<style") && !html.contains(" style=") && !html.contains(" onclick="));
            assert!(!html.contains("<script>"), "{}", asset.path);
        }
    }
}
