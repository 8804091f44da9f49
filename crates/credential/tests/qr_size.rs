//! The QR symbol of a presentation: version 15 at level M at most, or cheap phones and cameras fail at the door.

use std::sync::Arc;

use qrcode::{EcLevel, QrCode, Version};
use ring::rand::SystemRandom;
use yimatong_credential::{
    Claims, Colour, Kind, Signer, SoftwareKey, StatusReference, Test, TestOutcome, Vaccine,
    credential_to_text, issue, present,
};

#[allow(clippy::disallowed_methods, reason = "the size does not depend on the keys")]
fn key() -> SoftwareKey {
    SoftwareKey::generate(Arc::new(SystemRandom::new())).expect("randomness").0
}

/// The largest claims: 12 bytes of name, a 45-byte list URI, 15 bytes of institution.
fn worst(device: &SoftwareKey) -> Claims {
    Claims {
        issuer: "610100".into(),
        subject: [0xff; 16],
        issued_at_s: 4_294_967_295,
        expires_at_s: 4_294_967_295,
        device_key: Some(device.public_key()),
        status: StatusReference {
            index: 1_048_575,
            uri: "https://yimatong.xa.gov.cn/v1/status-lists/12".into(),
        },
        kind: Kind::Relative,
        colour: Colour::Red,
        name: "欧阳*娜".into(),
        document_tail: "002X".into(),
        test: Some(Test {
            sampled_s: 4_294_967_295,
            reported_s: 4_294_967_295,
            outcome: TestOutcome::Invalid,
            institution: "西安中心院".into(),
        }),
        vaccine: Some(Vaccine { doses: 3, last_day: 18_960 }),
        flags: 0,
    }
}

fn version(text: &str) -> i16 {
    // Alphanumeric mode throughout: the text has no other characters.
    match QrCode::with_error_correction_level(text, EcLevel::M).expect("it fits a symbol").version() {
        Version::Normal(version) => version,
        Version::Micro(_) => 0,
    }
}

#[test]
fn the_largest_presentation_fits_version_15_at_level_m() {
    let (city, device) = (key(), key());
    let credential = issue(&worst(&device), &city).unwrap();
    let shown = present(&credential, 4_294_967_295, &device).unwrap();
    let text = credential_to_text(&shown);
    println!(
        "worst case: credential {} B, presentation {} B, text {} characters, QR version {} at M",
        credential.len(),
        shown.len(),
        text.len(),
        version(&text)
    );
    assert!(version(&text) <= 15, "{} characters; version 15-M holds 600", text.len());
}

#[test]
fn a_usual_presentation_and_paper_are_smaller() {
    let (city, device) = (key(), key());
    let uri = "https://xian.example/v1/status-lists/0";
    let usual = Claims {
        issued_at_s: 1_641_340_800,
        expires_at_s: 1_641_427_200,
        name: "张*三".into(),
        status: StatusReference { index: 700_000, uri: uri.into() },
        ..worst(&device)
    };
    let paper = Claims { kind: Kind::Paper, device_key: None, ..usual.clone() };
    let shown = present(&issue(&usual, &city).unwrap(), 1_641_340_800, &device).unwrap();
    for (what, bytes) in [("usual", shown), ("paper", issue(&paper, &city).unwrap())] {
        let text = credential_to_text(&bytes);
        println!("{what}: {} B, {} characters, QR version {} at M", bytes.len(), text.len(), version(&text));
        assert!(version(&text) <= 15);
    }
}
