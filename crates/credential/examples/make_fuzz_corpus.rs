//! Writes seeds for the fuzz targets from the vectors: `cargo run -p yimatong-credential --example make_fuzz_corpus`.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use minicbor::Decoder;
use serde_json::Value;

fn main() {
    let vectors: Value = serde_json::from_str(include_str!("../../../testdata/credential/vectors.json"))
        .expect("the vectors are JSON");
    let mut seeds = 0;
    let mut seed = |target: &str, bytes: &[u8]| {
        let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        std::fs::write(folder.join(format!("seed-{seeds:04}")), bytes).expect("it can be written");
        seeds += 1;
    };
    let all = |member: &str| vectors[member].as_array().cloned().unwrap_or_default();
    for case in all("cases") {
        let text = case["text"].as_str().expect("a text");
        seed("jwks", case["jwks"].to_string().as_bytes());
        seed("credential_text", text.as_bytes());
        if let Some(cose) = text.strip_prefix("YMT1:").and_then(|rest| base45::decode(rest).ok()) {
            seed("credential_text", &cose);
            for (choice, payload) in payloads(&cose) {
                seed("presentation", &[&[choice], payload.as_slice()].concat());
            }
        }
        if let Some(packed) = text.strip_prefix("HC1:") {
            seed("dcc_text", format!("0{text}").as_bytes());
            if let Ok(packed) = base45::decode(packed) {
                seed("dcc_text", &[b"1", packed.as_slice()].concat());
                let cose = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&packed, 16_384);
                for (_, payload) in payloads(&cose.unwrap_or(packed)) {
                    seed("dcc_text", &[b"2", payload.as_slice()].concat());
                }
            }
        }
        for certificate in case["trust"].as_array().into_iter().flatten() {
            let text = certificate.as_str().expect("base64");
            seed("dcc_certificate", text.as_bytes());
            seed("dcc_certificate", &STANDARD.decode(text).expect("base64"));
        }
    }
    for token in all("statusListTokens") {
        let bytes = URL_SAFE_NO_PAD.decode(token["token"].as_str().expect("base64url"));
        let bytes = bytes.expect("base64url");
        seed("status_list_token", &[&[0], bytes.as_slice()].concat());
        for (_, payload) in payloads(&bytes) {
            seed("status_list_token", &[&[1], payload.as_slice()].concat());
        }
    }
    println!("{seeds} seeds");
}

/// The payloads of a COSE_Sign1 and, in a presentation, of the credential inside; with 1 for a presentation's.
fn payloads(cose: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let Some(payload) = payload(cose) else { return Vec::new() };
    let mut d = Decoder::new(&payload);
    let inner = d.array().ok().and_then(|_| d.bytes().ok()).map(<[u8]>::to_vec);
    match inner {
        Some(inner) => [vec![(1, payload)], payloads(&inner)].concat(),
        None => vec![(0, payload)],
    }
}

fn payload(cose: &[u8]) -> Option<Vec<u8>> {
    let mut d = Decoder::new(cose);
    if d.probe().tag().is_ok() {
        d.tag().ok()?;
    }
    d.array().ok()?;
    d.bytes().ok()?;
    d.skip().ok()?;
    d.bytes().ok().map(<[u8]>::to_vec)
}
