//! No decoder allocates more than 64 KiB at any moment for any input up to 8 KiB, and none panics.
//!
//! One test in this file: the counter is global. A status list that is signed by a known key is exempt; it
//! inflates to its 256 KiB by design.

use std::alloc::System;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use minicbor::Encoder;
use minicbor::data::Tag;
use peakmem_alloc::{INSTRUMENTED_SYSTEM, PeakMemAlloc, PeakMemAllocTrait};
use ring::digest;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::Value;
use yimatong_credential::dcc::TrustList;
use yimatong_credential::{Gate, KeySet, PublicKey, StatusLists, VenueRule, kid_of, verify_status_list};

#[global_allocator]
static ALLOCATOR: &PeakMemAlloc<System> = &INSTRUMENTED_SYSTEM;

const LIMIT: usize = 64 * 1024;
const MAX_INPUT: usize = 8 * 1024;
const NOW_S: i64 = 1_641_340_800;

/// Runs `decode` and keeps the largest peak with what caused it.
fn measure(worst: &mut (usize, String), what: &str, decode: impl FnOnce()) {
    ALLOCATOR.reset_peak_memory();
    decode();
    let peak = ALLOCATOR.get_peak_memory();
    assert!(peak <= LIMIT, "{what} allocates {peak} bytes");
    if peak > worst.0 {
        *worst = (peak, what.to_owned());
    }
}

struct Keys {
    city: EcdsaKeyPair,
    dcc: EcdsaKeyPair,
    certificate: Vec<u8>,
    rng: SystemRandom,
}

impl Keys {
    #[allow(clippy::disallowed_methods, reason = "what is measured does not depend on it")]
    fn new(vectors: &Value) -> Self {
        let rng = SystemRandom::new();
        let pair = |name: &str| {
            let part = |member| {
                let text = vectors["testKeys"][name][member].as_str().expect("a text");
                URL_SAFE_NO_PAD.decode(text).expect("base64url")
            };
            let point = [vec![4], part("x"), part("y")].concat();
            let scheme = &ECDSA_P256_SHA256_FIXED_SIGNING;
            EcdsaKeyPair::from_private_key_and_public_key(scheme, &part("d"), &point, &rng)
                .expect("a test key")
        };
        let cases = vectors["cases"].as_array().expect("cases");
        let certificate = cases.iter().find_map(|case| case["trust"][0].as_str());
        let certificate = STANDARD.decode(certificate.expect("a certificate")).expect("base64");
        Self { city: pair("city610100"), dcc: pair("dccSigner"), certificate, rng }
    }

    /// A COSE_Sign1 with a good signature over any payload.
    fn sign(&self, pair: &EcdsaKeyPair, kid: &[u8], payload: &[u8]) -> Vec<u8> {
        let mut protected = Vec::new();
        let head = Encoder::new(&mut protected).map(2).and_then(|e| e.i64(1)).map(|_| ());
        head.expect("a vector takes all");
        let mut e = Encoder::new(&mut protected);
        e.i64(-7).and_then(|e| e.i64(4)).and_then(|e| e.bytes(kid)).expect("a vector takes all");
        let mut message = Vec::new();
        let mut e = Encoder::new(&mut message);
        let head = e.array(4).and_then(|e| e.str("Signature1")).and_then(|e| e.bytes(&protected));
        head.and_then(|e| e.bytes(b"")).and_then(|e| e.bytes(payload)).expect("a vector takes all");
        let signature = pair.sign(&self.rng, &message).expect("randomness");
        let mut out = Vec::new();
        let mut e = Encoder::new(&mut out);
        let head = e.tag(Tag::new(18)).and_then(|e| e.array(4)).and_then(|e| e.bytes(&protected));
        let head = head.and_then(|e| e.map(0)).and_then(|e| e.bytes(payload));
        head.and_then(|e| e.bytes(signature.as_ref())).expect("a vector takes all");
        out
    }

    fn credential(&self, payload: &[u8]) -> String {
        let point = self.city.public_key().as_ref().try_into().expect("65 bytes");
        format!("YMT1:{}", base45::encode(self.sign(&self.city, &kid_of(point), payload)))
    }

    fn dcc(&self, payload: &[u8]) -> String {
        let hash = digest::digest(&digest::SHA256, &self.certificate);
        let cose = self.sign(&self.dcc, &hash.as_ref()[..8], payload);
        let packed = miniz_oxide::deflate::compress_to_vec_zlib(&cose, 9);
        format!("HC1:{}", base45::encode(packed))
    }
}

/// CBOR made to cost memory: flat, deep, endless, in pieces, with many keys; up to `size` bytes.
fn hostile(size: usize) -> Vec<Vec<u8>> {
    let repeat = |head: &[u8], unit: &[u8]| {
        let count = (size - head.len()) / unit.len();
        [head, &unit.repeat(count)].concat()
    };
    let numbered_keys = |head: &[u8]| {
        let mut out = head.to_vec();
        for key in 0..(size as u16 - 8) / 4 {
            out.push(0x19);
            out.extend(key.to_be_bytes());
            out.push(0xf6);
        }
        out
    };
    let mut all = vec![
        repeat(&[], &[0x80]),
        repeat(&[], &[0x81]),
        repeat(&[], &[0x9f]),
        repeat(&[], &[0xa0]),
        repeat(&[], &[0xbf]),
        repeat(&[], &[0xbf, 0x01]),
        repeat(&[], &[0xc1]),
        repeat(&[0x9f], &[0x80]),
        repeat(&[0x7f], &[0x61, b'A']),
        repeat(&[0x5f], &[0x41, 0]),
        repeat(&[0xbf], &[0x01, 0x7f, 0x60, 0xff]),
        numbered_keys(&[0xbf]),
        numbered_keys(&[0xb9, 0x07, 0xff]),
    ];
    // The same inside the members that are really read: iss, cnf, status, private map, hcert.
    let inner = all.clone();
    for head in [&[0xbf, 0x01][..], &[0xbf, 0x08], &[0xbf, 0x19, 0xff, 0xff], &[0xbf, 0x3a, 0, 1, 0, 0]] {
        all.extend(inner.iter().map(|body| [head, body].concat()));
    }
    for head in [&[0xbf, 0x39, 1, 3, 0xbf, 1][..], &[0xbf, 0x39, 1, 3, 0xbf, 1, 0xbf, 0x61, b't', 0x9f]] {
        all.extend(inner.iter().map(|body| [head, body].concat()));
    }
    all
}

/// Deterministic noise (xorshift64*).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize
    }

    /// Changes, drops, doubles or adds a few bytes.
    fn mutate(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = bytes.to_vec();
        for _ in 0..1 + self.next() % 4 {
            let at = self.next() % (out.len() + 1);
            match self.next() % 4 {
                0 if at < out.len() => out[at] = self.next() as u8,
                1 => out.truncate(at),
                2 => out.insert(at, self.next() as u8),
                _ => {
                    let copy = out[at..].to_vec();
                    out.extend(copy);
                }
            }
        }
        out.truncate(MAX_INPUT);
        out
    }
}

fn seeds(vectors: &Value) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for case in vectors["cases"].as_array().expect("cases") {
        let text = case["text"].as_str().expect("a text");
        seeds.push(text.as_bytes().to_vec());
        seeds.push(case["jwks"].to_string().into_bytes());
        if let Some((_, Ok(bytes))) = text.split_once(':').map(|(p, rest)| (p, base45::decode(rest))) {
            seeds.push(bytes);
        }
        for certificate in case["trust"].as_array().expect("certificates") {
            seeds.push(STANDARD.decode(certificate.as_str().expect("a text")).expect("base64"));
        }
    }
    seeds.push(b"[{},".repeat(2000));
    seeds.push([&b"{\"keys\":["[..], &b"{\"kty\":\"\"},".repeat(700)].concat());
    seeds.push([&b"{\"keys\":[{\"kty\":\""[..], &b"\\n".repeat(4000), b"\"}]}"].concat());
    seeds.push(b"-----BEGIN CERTIFICATE-----".repeat(300));
    seeds.iter_mut().for_each(|seed| seed.truncate(MAX_INPUT));
    seeds
}

#[test]
fn no_decoder_panics_or_allocates_more_than_64_kib_for_8_kib_of_input() {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../testdata/credential/vectors.json")).unwrap();
    let keys = Keys::new(&vectors);
    let set = KeySet::new([PublicKey::from_point(keys.city.public_key().as_ref()).unwrap()]);
    let trust = TrustList::from_certificates([&keys.certificate]).unwrap();
    let (rule, status_lists) = (VenueRule::default(), StatusLists::default());
    let gate = Gate { keys: &set, status_lists: &status_lists, trust: &trust, rule: &rule };
    let mut worst = (0, String::new());
    let mut ran = 0;

    let mut all = |what: &str, input: &[u8]| {
        let lossy = String::from_utf8_lossy(input).into_owned();
        let texts = ["YMT1:", "HC1:"].map(|prefix| format!("{prefix}{}", base45::encode(input)));
        measure(&mut worst, &format!("text of {what}"), || drop(gate.verify(&lossy, NOW_S)));
        for text in texts.iter().filter(|text| text.len() <= MAX_INPUT) {
            measure(&mut worst, &format!("bytes of {what}"), || drop(gate.verify(text, NOW_S)));
        }
        measure(&mut worst, &format!("token of {what}"), || {
            drop(verify_status_list(input, &set));
        });
        measure(&mut worst, &format!("keys of {what}"), || drop(KeySet::from_jwks(&lossy)));
        measure(&mut worst, &format!("certificate of {what}"), || {
            let mut list = TrustList::default();
            let _ = list.add(input);
        });
        ran += 5;
    };
    let seeds = seeds(&vectors);
    let mut noise = Noise(0x0059_4d54);
    for (index, seed) in seeds.iter().enumerate() {
        all(&format!("seed {index}"), seed);
        for round in 0..12 {
            all(&format!("seed {index}, mutation {round}"), &noise.mutate(seed));
        }
    }
    for (index, input) in hostile(MAX_INPUT).iter().enumerate() {
        all(&format!("hostile CBOR {index}"), &input[..input.len().min(MAX_INPUT)]);
    }
    for (index, payload) in hostile(5200).iter().enumerate() {
        let text = keys.credential(payload);
        assert!(text.len() <= MAX_INPUT);
        measure(&mut worst, &format!("signed claims {index}"), || drop(gate.verify(&text, NOW_S)));
    }
    for (index, payload) in hostile(16_000).iter().enumerate() {
        let text = keys.dcc(payload);
        if text.len() <= MAX_INPUT {
            measure(&mut worst, &format!("signed EU claims {index}"), || drop(gate.verify(&text, NOW_S)));
        }
    }
    println!("{ran} runs and {} signed ones; worst: {} bytes, {}", 2 * hostile(5200).len(), worst.0, worst.1);
    assert!(ran > 20_000, "only {ran} ran");
}
