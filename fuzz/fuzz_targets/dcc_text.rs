//! An EU certificate: a text (first byte 0 mod 3), the packed bytes (1), or a well-signed payload (2).
#![no_main]

use libfuzzer_sys::fuzz_target;
use yimatong_fuzz::{By, bench};

fuzz_target!(|data: &[u8]| {
    let Some((choice, rest)) = data.split_first() else { return };
    let text = match choice % 3 {
        0 => String::from_utf8_lossy(rest).into_owned(),
        1 => format!("HC1:{}", base45::encode(rest)),
        _ => format!("HC1:{}", base45::encode(bench().sign(By::DccSigner, rest))),
    };
    bench().judge(&text);
});
