//! Cases about broken, altered and unusual bytes.

use minicbor::data::Tag;
use yimatong_credential::{Reason, Signer, credential_to_text};

use crate::case::Case;
use crate::city::City;
use crate::raw;

pub(crate) fn cases(city: &City) -> Vec<Case> {
    [texts(city), bytes(city), claims(city)].concat()
}

fn texts(city: &City) -> Vec<Case> {
    let whole = city.show(&city.claims(), 5);
    let cut = |drop: usize| whole[..whole.len() - drop].to_owned();
    let broken = |name, text: String| city.shown(name, text).refused(&[Reason::Malformed]);
    let mut cases = vec![
        broken("a text cut within a Base45 group", cut(if whole.len() % 3 == 2 { 1 } else { 2 })),
        broken("a text cut between two Base45 groups", cut(60)),
        broken("lower-case Base45", whole.to_lowercase().replacen("ymt1", "YMT1", 1)),
        broken("a Base45 group above 65,535", format!("{}GGW", &whole[..whole.len() - 3])),
        broken("a last Base45 pair above 255", "YMT1:ZZ".into()),
        broken("a prefix and nothing after it", "YMT1:".into()),
        broken("an empty text", String::new()),
        broken("a venue's web address", "https://xian.example/v/1024".into()),
        broken("a text longer than any QR symbol", format!("YMT1:{}", "0".repeat(8190))),
        city.shown("a later version is checked by hand", whole.replacen("YMT1", "YMT2", 1))
            .by_hand(&[Reason::Unsupported]),
        city.shown("line ends around the text are ignored", format!("\r\n{whole}\r\n")),
    ];
    for case in &mut cases {
        assert!(case.text != whole, "{} changes the text", case.name);
    }
    cases
}

fn bytes(city: &City) -> Vec<Case> {
    let good = city.issue(&city.paper());
    let altered = |place: usize| {
        let mut bytes = good.clone();
        bytes[place] ^= 1;
        credential_to_text(&bytes)
    };
    let broken = |name, text| city.shown(name, text).refused(&[Reason::Malformed]);
    let followed = [good.as_slice(), &[0]].concat();
    // A phone that says its name is another: the letters of the issuer's number lie right after the payload's head.
    let issuer = good.windows(6).position(|bytes| bytes == b"610100").expect("the issuer is in it");
    vec![
        city.shown("an altered claim breaks the signature", altered(issuer)).refused(&[Reason::BadSignature]),
        city.shown("an altered signature is refused", altered(good.len() - 1))
            .refused(&[Reason::BadSignature]),
        broken("bytes after the credential are refused", credential_to_text(&followed)),
        broken("a missing tag is refused", credential_to_text(&good[1..])),
        broken("deep nesting is refused", credential_to_text(&[0x81; 3000])),
        broken("an endless array is refused", credential_to_text(&[0x9f; 3000])),
        broken(
            "a length of 2^64 is refused",
            credential_to_text(&[0xd2, 0x9b, 255, 255, 255, 255, 255, 255, 255, 255]),
        ),
    ]
}

fn claims(city: &City) -> Vec<Case> {
    let key = &city.issuer;
    let kid = key.kid();
    let good = city.issue(&city.paper());
    let payload = payload_of(&good);
    let signed = |name, protected: &[u8], payload: &[u8]| {
        city.shown(name, credential_to_text(&raw::sign1(protected, None, payload, true, key)))
    };
    let es256 = raw::protected(-7, &kid);
    let critical = raw::cbor(|e| {
        let head = e.map(3).and_then(|e| e.i64(1)).and_then(|e| e.i64(-7)).and_then(|e| e.i64(2));
        let head = head.and_then(|e| e.array(1)).and_then(|e| e.i64(99)).and_then(|e| e.i64(4));
        head.and_then(|e| e.bytes(&kid)).expect("a vector takes all");
    });
    // The map of the payload has six entries (0xa6).
    assert_eq!(payload[0], 0xa6);
    let unknown = [&[0xa7, 0x18, 0x63, 0x82, 0x01, 0xf6], &payload[1..]].concat();
    let twice = [&[0xa7, 0x06, 0x00], &payload[1..]].concat();
    let lacking = raw::cbor(|e| {
        e.map(1).and_then(|e| e.i64(1)).and_then(|e| e.str("610100")).expect("a vector takes all");
    });
    let indefinite = [&[0xbf], &payload[1..], &[0xff]].concat();
    let document = [Reason::CheckDocument];
    vec![
        signed("an unknown claim is ignored", &es256, &unknown).allowed(&document),
        signed("an indefinite-length map is read", &es256, &indefinite).allowed(&document),
        signed("a claim twice is refused", &es256, &twice).refused(&[Reason::Malformed]),
        signed("missing claims are refused", &es256, &lacking).refused(&[Reason::Malformed]),
        signed("an unknown algorithm is checked by hand", &raw::protected(-8, &kid), &payload)
            .by_hand(&[Reason::Unsupported]),
        signed("an unknown critical header is checked by hand", &critical, &payload)
            .by_hand(&[Reason::Unsupported]),
        city.shown("a kid outside the protected header is not looked at", {
            let bare = raw::cbor(|e| {
                e.map(1).and_then(|e| e.i64(1)).and_then(|e| e.i64(-7)).expect("a vector takes all");
            });
            credential_to_text(&raw::sign1(&bare, Some(&kid), &payload, true, key))
        })
        .by_hand(&[Reason::UnknownKey]),
    ]
}

/// The payload of a COSE_Sign1 made by the crate.
fn payload_of(sign1: &[u8]) -> Vec<u8> {
    let mut d = minicbor::Decoder::new(sign1);
    assert_eq!(d.tag().expect("a tag"), Tag::new(18));
    d.array().expect("an array");
    d.bytes().expect("the protected header");
    d.skip().expect("the unprotected header");
    d.bytes().expect("the payload").to_vec()
}
