//! Well-signed rubbish: the bytes are the claims of a credential (first byte even) or the payload of a
//! presentation (odd).
#![no_main]

use libfuzzer_sys::fuzz_target;
use yimatong_credential::credential_to_text;
use yimatong_fuzz::{By, bench};

fuzz_target!(|data: &[u8]| {
    let Some((choice, payload)) = data.split_first() else { return };
    let by = if choice % 2 == 0 { By::City } else { By::Phone };
    bench().judge(&credential_to_text(&bench().sign(by, payload)));
});
