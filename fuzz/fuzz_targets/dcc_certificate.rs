//! A signer's certificate in DER, PEM or Base64 form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yimatong_credential::dcc::TrustList;

fuzz_target!(|data: &[u8]| {
    let mut list = TrustList::default();
    let _ = list.add(data);
});
