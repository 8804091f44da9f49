//! Any text, and any bytes as the Base45 part of one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yimatong_credential::credential_to_text;
use yimatong_fuzz::bench;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = str::from_utf8(data) {
        bench().judge(text);
    }
    bench().judge(&credential_to_text(data));
});
