//! What the fuzz targets share: a gate with the keys of the vectors, and signing, so that the decoders behind a
//! signature are reached too. Keys come from `testdata/credential/vectors.json`.

use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use minicbor::Encoder;
use minicbor::data::Tag;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use ring::digest;
use serde_json::Value;
use yimatong_credential::dcc::TrustList;
use yimatong_credential::{
    Gate, KeySet, PublicKey, StatusLists, VenueRule, Verdict, verify_status_list,
};

/// The time of the vectors.
pub const NOW_S: i64 = 1_641_340_800;

/// Everything a target needs; made once.
pub struct Bench {
    pub keys: KeySet,
    status_lists: StatusLists,
    trust: TrustList,
    city: EcdsaKeyPair,
    phone: EcdsaKeyPair,
    dcc: EcdsaKeyPair,
    dcc_kid: Vec<u8>,
    rng: SystemRandom,
}

/// Who signs.
#[derive(Clone, Copy)]
pub enum By {
    City,
    Phone,
    DccSigner,
}

pub fn bench() -> &'static Bench {
    static BENCH: OnceLock<Bench> = OnceLock::new();
    BENCH.get_or_init(Bench::new)
}

impl Bench {
    fn new() -> Self {
        let vectors: Value =
            serde_json::from_str(include_str!("../../testdata/credential/vectors.json")).unwrap();
        let rng = SystemRandom::new();
        let pair = |name: &str| {
            let part = |member| {
                URL_SAFE_NO_PAD.decode(vectors["testKeys"][name][member].as_str().unwrap()).unwrap()
            };
            let point = [vec![4], part("x"), part("y")].concat();
            let scheme = &ECDSA_P256_SHA256_FIXED_SIGNING;
            EcdsaKeyPair::from_private_key_and_public_key(scheme, &part("d"), &point, &rng).unwrap()
        };
        let city = pair("city610100");
        let keys = KeySet::new([PublicKey::from_point(city.public_key().as_ref()).unwrap()]);
        let token = vectors["cases"][0]["statusLists"][0].as_str().unwrap();
        let list = verify_status_list(&URL_SAFE_NO_PAD.decode(token).unwrap(), &keys).unwrap();
        let certificate = vectors["cases"].as_array().unwrap().iter().find_map(|case| {
            case["trust"][0].as_str().map(|text| STANDARD.decode(text).unwrap())
        });
        let certificate = certificate.unwrap();
        Self {
            status_lists: [list].into_iter().collect(),
            trust: TrustList::from_certificates([&certificate]).unwrap(),
            dcc_kid: digest::digest(&digest::SHA256, &certificate).as_ref()[..8].to_vec(),
            phone: pair("phone"),
            dcc: pair("dccSigner"),
            keys,
            city,
            rng,
        }
    }

    /// Judges a text under both rules for foreign proofs.
    pub fn judge(&self, text: &str) -> Verdict {
        let rule = serde_json::from_str::<VenueRule>(
            r#"{"requireNegativeWithinH":48,"foreignProof":"negative"}"#,
        );
        let rules = [VenueRule::default(), rule.unwrap()];
        let [first, _] = rules.each_ref().map(|rule| {
            let Self { keys, status_lists, trust, .. } = self;
            Gate { keys, status_lists, trust, rule }.verify(text, NOW_S)
        });
        first
    }

    /// A correctly signed COSE_Sign1 over any payload.
    pub fn sign(&self, by: By, payload: &[u8]) -> Vec<u8> {
        let (pair, kid, aad, typ): (_, _, &[u8], _) = match by {
            By::City => {
                let kid = yimatong_credential::kid_of(self.city.public_key().as_ref().try_into().unwrap());
                (&self.city, kid.to_vec(), b"", Some("application/statuslist+cwt"))
            }
            By::Phone => (&self.phone, vec![0; 8], b"yimatong presentation v1", None),
            By::DccSigner => (&self.dcc, self.dcc_kid.clone(), b"", None),
        };
        let mut protected = Vec::new();
        let mut e = Encoder::new(&mut protected);
        e.map(2 + u64::from(typ.is_some())).unwrap().i64(1).unwrap().i64(-7).unwrap();
        e.i64(4).unwrap().bytes(&kid).unwrap();
        if let Some(typ) = typ {
            e.i64(16).unwrap().str(typ).unwrap();
        }
        let mut message = Vec::new();
        let mut e = Encoder::new(&mut message);
        e.array(4).unwrap().str("Signature1").unwrap().bytes(&protected).unwrap();
        e.bytes(aad).unwrap().bytes(payload).unwrap();
        let signature = pair.sign(&self.rng, &message).unwrap();
        let mut out = Vec::new();
        let mut e = Encoder::new(&mut out);
        e.tag(Tag::new(18)).unwrap().array(4).unwrap().bytes(&protected).unwrap().map(0).unwrap();
        e.bytes(payload).unwrap().bytes(signature.as_ref()).unwrap();
        out
    }
}
