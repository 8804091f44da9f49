//! Ratios against bare `ring`, measured interleaved in one run: `cargo bench -p yimatong-credential`.
//!
//! Each round times a batch of ours and a batch of ring's, in turns; the figure is the ratio of the medians, so
//! that another program on the same core slows both.
#![allow(clippy::disallowed_methods, reason = "a measurement needs the clock and a source of randomness")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use ring::rand::SystemRandom;
use ring::signature::{self, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use yimatong_credential::{
    Claims, Colour, Gate, KeySet, Kind, ListPermutation, Outcome, Signer, SoftwareKey, Status,
    StatusListBits, StatusListClaims, StatusLists, StatusReference, Test, TestOutcome, Vaccine, VenueRule,
    credential_to_text, issue, present, verify_status_list,
};

const NOW_S: i64 = 1_641_340_800;
const ROUNDS: usize = 201;
const BATCH: u32 = 20;

fn median_us(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

fn batch_us(work: &mut dyn FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..BATCH {
        work();
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(BATCH)
}

/// Prints both medians and how much of the speed of `bare` is left in `ours`.
fn compare(what: &str, target: f64, ours: &mut dyn FnMut(), bare: &mut dyn FnMut()) {
    let (mut ours_us, mut bare_us) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours_us.push(batch_us(ours));
        bare_us.push(batch_us(bare));
    }
    let (ours_us, bare_us) = (median_us(ours_us), median_us(bare_us));
    let ratio = bare_us / ours_us;
    println!("{what}: {ours_us:.1} us, bare ring {bare_us:.1} us, ratio {ratio:.3} (wanted {target})");
}

fn alone(what: &str, rounds: usize, mut work: impl FnMut()) {
    let once = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64() * 1e3
    };
    println!("{what}: {:.2} ms", median_us((0..rounds).map(once).collect()));
}

struct World {
    city: SoftwareKey,
    phone: SoftwareKey,
    raw: EcdsaKeyPair,
    rng: Arc<SystemRandom>,
}

impl World {
    fn new() -> Self {
        let rng = Arc::new(SystemRandom::new());
        let (city, der) = SoftwareKey::generate(rng.clone()).expect("randomness");
        let raw = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der, &*rng);
        let (phone, _) = SoftwareKey::generate(rng.clone()).expect("randomness");
        Self { city, phone, raw: raw.expect("our own key"), rng }
    }

    fn claims(&self) -> Claims {
        Claims {
            issuer: "610100".into(),
            subject: [7; 16],
            issued_at_s: NOW_S - 3600,
            expires_at_s: NOW_S + 82_800,
            device_key: Some(self.phone.public_key()),
            status: StatusReference { index: 700_000, uri: "https://xian.example/v1/status-lists/0".into() },
            kind: Kind::Device,
            colour: Colour::Green,
            name: "张*三".into(),
            document_tail: "002X".into(),
            test: Some(Test {
                sampled_s: NOW_S - 72_000,
                reported_s: NOW_S - 43_200,
                outcome: TestOutcome::Negative,
                institution: "西安中心院".into(),
            }),
            vaccine: Some(Vaccine { doses: 3, last_day: 18_960 }),
            flags: 0,
        }
    }
}

/// A full list with one entry in fifty not green, spread as the permutation spreads them.
fn busy_list() -> StatusListBits {
    let mut bits = StatusListBits::new();
    let order = ListPermutation::new(&[7; 32], 0);
    for slot in 0..20_000 {
        let status = [Status::Void, Status::Void, Status::Yellow, Status::Red][slot as usize % 4];
        bits.set(order.index(slot), status);
    }
    bits
}

fn main() {
    let world = World::new();
    signatures(&world);
    lists(&world);
}

fn signatures(world: &World) {
    let claims = world.claims();
    // The length of what issuing signs.
    let message = [0; 260];
    compare("issue", 0.8, &mut || drop(black_box(issue(&claims, &world.city))), &mut || {
        let _ = black_box(world.raw.sign(&*world.rng, &message));
    });

    let keys = KeySet::new([world.city.public_key()]);
    let list_claims = StatusListClaims {
        uri: claims.status.uri.clone(),
        issued_at_s: NOW_S - 60,
        expires_at_s: None,
        ttl_s: None,
    };
    let token = list_claims.sign(&busy_list(), &world.city).expect("randomness");
    let lists: StatusLists = verify_status_list(&token, &keys).into_iter().collect();
    let credential = issue(&claims, &world.city).expect("randomness");
    let text = credential_to_text(&present(&credential, NOW_S, &world.phone).expect("randomness"));
    let rule = VenueRule { require_negative_within_h: Some(48), ..VenueRule::default() };
    let trust = yimatong_credential::dcc::TrustList::default();
    let gate = Gate { keys: &keys, status_lists: &lists, trust: &trust, rule: &rule };
    assert_eq!(gate.verify(&text, NOW_S).outcome, Outcome::Allow);
    let signed = world.raw.sign(&*world.rng, &message).expect("randomness");
    let point = world.raw.public_key().as_ref();
    let public = signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point);
    compare("verify a presentation", 0.85, &mut || drop(black_box(gate.verify(&text, NOW_S))), &mut || {
        for _ in 0..2 {
            black_box(public.verify(&message, signed.as_ref())).expect("a good signature");
        }
    });
}

fn lists(world: &World) {
    let bits = busy_list();
    for level in [1, 3, 6, 9] {
        let compress = || miniz_oxide::deflate::compress_to_vec_zlib(bits.as_bytes(), level);
        let size = compress().len();
        alone(&format!("zlib level {level} of a full list, {size} B"), 11, || drop(black_box(compress())));
    }
    let zlib = bits.to_zlib();
    let claims = StatusListClaims { uri: "u".into(), issued_at_s: 1, expires_at_s: None, ttl_s: None };
    let token = claims.sign_zlib(&zlib, &world.city).expect("randomness");
    let keys = KeySet::new([world.city.public_key()]);
    alone("verify and inflate a token", 31, || drop(black_box(verify_status_list(&token, &keys))));
    alone("table of a list's permutation", 31, || {
        drop(black_box(ListPermutation::new(&[7; 32], 3)));
    });
}
