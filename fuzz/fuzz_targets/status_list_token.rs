//! A status list token: raw bytes (first byte even), or a well-signed payload (odd).
#![no_main]

use libfuzzer_sys::fuzz_target;
use yimatong_credential::verify_status_list;
use yimatong_fuzz::{By, bench};

fuzz_target!(|data: &[u8]| {
    let Some((choice, rest)) = data.split_first() else { return };
    let token = if choice % 2 == 0 { rest.to_vec() } else { bench().sign(By::City, rest) };
    if let Ok(list) = verify_status_list(&token, &bench().keys) {
        assert!(list.bits().as_bytes().len() <= 262_144);
    }
});
