//! A JWK Set; what is read must survive a round trip.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yimatong_credential::{KeySet, PublicKey};

fuzz_target!(|data: &[u8]| {
    let Ok(json) = str::from_utf8(data) else { return };
    let _ = PublicKey::from_jwk(json);
    if let Ok(keys) = KeySet::from_jwks(json) {
        let again = KeySet::from_jwks(&keys.to_jwks()).expect("our own form is readable");
        assert_eq!(keys.len(), again.len());
    }
});
