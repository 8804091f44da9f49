//! Vectors of status lists: packed bits, and tokens good and bad.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use yimatong_credential::{KeySet, Signer, Status, StatusListBits, StatusListError, verify_status_list};

use crate::case::NOW_S;
use crate::city::{City, URI};
use crate::raw;

/// The 2-bit example of draft-ietf-oauth-status-list (section 4.1): twelve statuses in three bytes.
pub(crate) fn bits() -> Value {
    let bytes = [0xc9, 0x44, 0xf9];
    let list = StatusListBits::from_bytes(bytes.to_vec()).expect("a short list");
    let values: Vec<u8> = (0..12).map(|at| list.get(at).expect("twelve entries") as u8).collect();
    assert_eq!(values, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    json!([{
        "name": "the draft's 2-bit example",
        "bytes": hex(&bytes),
        "zlib": "78da3be9f2130003df0207",
        "values": values,
    }])
}

/// Tokens with what verifying them must give.
pub(crate) fn tokens(city: &City) -> Value {
    let good = city.list_at(URI, Status::Red, NOW_S);
    let mut altered = good.clone();
    *altered.last_mut().expect("a token has bytes") ^= 1;
    let kid = city.issuer.kid();
    let typ = "application/statuslist+cwt";
    let other_typ = signed(city, "application/cwt", 2, &[0x78, 0x01]);
    let one_bit = signed(city, typ, 1, &[0x78, 0x01]);
    let not_zlib = signed(city, typ, 2, b"not zlib");
    let bomb = signed(city, typ, 2, &miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 262_145], 6));
    let full = signed(city, typ, 2, &miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 262_144], 6));
    let mine = KeySet::new([city.issuer.public_key()]);
    let other = KeySet::new([city.other_issuer.public_key()]);
    use StatusListError::{BadSignature, Compression, Malformed, UnknownKey, Unsupported};
    json!([
        token("a token", &good, &mine, None),
        token("a token of 2^20 entries", &full, &mine, None),
        token("an altered token", &altered, &mine, Some(BadSignature)),
        token("a token by an unknown key", &good, &other, Some(UnknownKey)),
        token("a token of another type", &other_typ, &mine, Some(Malformed)),
        token("a list of one bit per entry", &one_bit, &mine, Some(Malformed)),
        token("a list that is not zlib", &not_zlib, &mine, Some(Compression)),
        token("a list larger than 2^20 entries", &bomb, &mine, Some(Compression)),
        token("a cut token", &good[..good.len() - 7], &mine, Some(Malformed)),
        token("an unknown algorithm", &with_algorithm(city, -8, &kid), &mine, Some(Unsupported)),
    ])
}

fn signed(city: &City, typ: &str, bits: u8, zlib: &[u8]) -> Vec<u8> {
    let protected = raw::cbor(|e| {
        let head = e.map(3).and_then(|e| e.i64(1)).and_then(|e| e.i64(-7)).and_then(|e| e.i64(4));
        let head = head.and_then(|e| e.bytes(&city.issuer.kid())).and_then(|e| e.i64(16));
        head.and_then(|e| e.str(typ)).expect("a vector takes all");
    });
    let payload = raw::cbor(|e| {
        let claims = e.map(3).and_then(|e| e.i64(2)).and_then(|e| e.str(URI)).and_then(|e| e.i64(6));
        let claims = claims.and_then(|e| e.i64(NOW_S)).and_then(|e| e.i64(65533));
        let list = claims.and_then(|e| e.map(2)).and_then(|e| e.str("bits")).and_then(|e| e.u8(bits));
        list.and_then(|e| e.str("lst")).and_then(|e| e.bytes(zlib)).expect("a vector takes all");
    });
    raw::sign1(&protected, None, &payload, true, &city.issuer)
}

fn with_algorithm(city: &City, algorithm: i64, kid: &[u8]) -> Vec<u8> {
    let protected = raw::cbor(|e| {
        let head = e.map(3).and_then(|e| e.i64(1)).and_then(|e| e.i64(algorithm));
        let head = head.and_then(|e| e.i64(4)).and_then(|e| e.bytes(kid)).and_then(|e| e.i64(16));
        head.and_then(|e| e.str("application/statuslist+cwt")).expect("a vector takes all");
    });
    raw::sign1(&protected, None, &[0xa0], true, &city.issuer)
}

fn token(name: &str, token: &[u8], keys: &KeySet, error: Option<StatusListError>) -> Value {
    let jwks: Value = serde_json::from_str(&keys.to_jwks()).expect("our own JWKS");
    let expected = match verify_status_list(token, keys) {
        Ok(list) => {
            assert_eq!(error, None, "{name}");
            let claims = list.claims();
            json!({
                "uri": claims.uri, "issuedAt": claims.issued_at_s, "expiresAt": claims.expires_at_s,
                "ttl": claims.ttl_s, "entries": list.bits().len(),
                "values": (0..12).map(|at| list.get(at).expect("an entry") as u8).collect::<Vec<_>>(),
            })
        }
        Err(found) => {
            assert_eq!(Some(found), error, "{name}");
            json!({ "error": format!("{found:?}") })
        }
    };
    json!({ "name": name, "token": URL_SAFE_NO_PAD.encode(token), "jwks": jwks, "expected": expected })
}
