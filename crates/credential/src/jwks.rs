//! The set of keys a gate trusts, and its JWK Set form (RFC 7517, RFC 7518 section 6.2).

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::{Algorithm, PublicKey};

/// Most keys read from one set; a city rotates two or three.
const MAX_KEYS: usize = 64;

/// Why a JWK Set is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwkError {
    /// Not JSON, or not a JWK Set.
    #[error("not a JWK Set: {0}")]
    Json(String),
    /// A key of a supported kind has a broken member.
    #[error("keys[{index}].{member}: {problem}")]
    Key {
        /// Position in `keys`.
        index: usize,
        /// The member at fault.
        member: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// Keys by id, with what the gate knows about the set itself.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<([u8; 8], Algorithm, PublicKey)>,
    expected_issuer: Option<String>,
    obtained_at_s: Option<i64>,
}

impl KeySet {
    /// A set of ES256 keys.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = PublicKey>) -> Self {
        let keys = keys.into_iter().map(|key| (key.kid(), Algorithm::Es256, key)).collect();
        Self { keys, ..Self::default() }
    }

    /// Accept credentials of this issuer (division code) only.
    #[must_use]
    pub fn with_expected_issuer(mut self, issuer: impl Into<String>) -> Self {
        self.expected_issuer = Some(issuer.into());
        self
    }

    /// When the set was fetched, Unix seconds; a verdict then tells its age.
    #[must_use]
    pub fn with_obtained_at_s(mut self, at_s: i64) -> Self {
        self.obtained_at_s = Some(at_s);
        self
    }

    /// Reads a JWK Set `{"keys":[{kty,crv,x,y,kid,alg,use}]}`. Keys of an unknown type, curve or algorithm are left
    /// out (RFC 7517, section 5), so that a city can publish SM2 keys before every gate knows them.
    ///
    /// # Errors
    /// [`JwkError`] naming the key and the member: coordinates that are not 32 bytes or not on the curve, or a
    /// `kid` that is not the one of the key.
    pub fn from_jwks(json: &str) -> Result<Self, JwkError> {
        let set: JwkSet<'_> =
            serde_json::from_str(json).map_err(|error| JwkError::Json(error.to_string()))?;
        let mut keys = Vec::new();
        for (index, jwk) in set.keys.0.iter().enumerate() {
            if let Some(key) = jwk.read(index)? {
                keys.push((key.kid(), Algorithm::Es256, key));
            }
        }
        Ok(Self { keys, ..Self::default() })
    }

    /// The JWK Set as JSON.
    #[must_use]
    pub fn to_jwks(&self) -> String {
        let keys = self.keys.iter().map(|(kid, algorithm, key)| JwkOut {
            kty: "EC",
            crv: "P-256",
            x: URL_SAFE_NO_PAD.encode(key.x()),
            y: URL_SAFE_NO_PAD.encode(key.y()),
            kid: URL_SAFE_NO_PAD.encode(kid),
            alg: algorithm.jose(),
            r#use: "sig",
        });
        let set = JwkSetOut { keys: keys.collect() };
        serde_json::to_string(&set).expect("a set of strings has a JSON form")
    }

    /// The key with this id.
    #[must_use]
    pub fn find(&self, kid: &[u8]) -> Option<(Algorithm, &PublicKey)> {
        let (_, algorithm, key) = self.keys.iter().find(|(id, ..)| id == kid)?;
        Some((*algorithm, key))
    }

    /// Number of keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The issuer asked for, see [`KeySet::with_expected_issuer`].
    #[must_use]
    pub fn expected_issuer(&self) -> Option<&str> {
        self.expected_issuer.as_deref()
    }

    /// When the set was fetched, see [`KeySet::with_obtained_at_s`].
    #[must_use]
    pub fn obtained_at_s(&self) -> Option<i64> {
        self.obtained_at_s
    }
}

impl PublicKey {
    /// Reads one JWK of kind EC P-256, as a phone sends its device key.
    ///
    /// # Errors
    /// [`JwkError`] naming the member.
    pub fn from_jwk(json: &str) -> Result<Self, JwkError> {
        let jwk: Jwk<'_> = serde_json::from_str(json).map_err(|error| JwkError::Json(error.to_string()))?;
        jwk.read(0)?.ok_or(JwkError::Key {
            index: 0,
            member: "kty",
            problem: "only EC keys on P-256 for ES256 are supported",
        })
    }
}

#[derive(Deserialize)]
struct JwkSet<'a> {
    #[serde(borrow)]
    keys: BoundedKeys<'a>,
}

#[derive(Deserialize)]
struct Jwk<'a> {
    #[serde(borrow)]
    kty: Cow<'a, str>,
    #[serde(borrow, default)]
    crv: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    x: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    y: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    kid: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    alg: Option<Cow<'a, str>>,
}

impl Jwk<'_> {
    /// The key; `None` if it is of a kind not supported.
    fn read(&self, index: usize) -> Result<Option<PublicKey>, JwkError> {
        let supported = self.kty == "EC"
            && self.crv.as_deref() == Some("P-256")
            && self.alg.as_deref().is_none_or(|alg| alg == "ES256");
        if !supported {
            return Ok(None);
        }
        let wrong = |member, problem| JwkError::Key { index, member, problem };
        let coordinate = |member, value: &Option<Cow<'_, str>>| -> Result<[u8; 32], JwkError> {
            let mut bytes = [0; 33];
            let text = value.as_deref().ok_or(wrong(member, "is missing"))?;
            let length = URL_SAFE_NO_PAD
                .decode_slice(text, &mut bytes)
                .map_err(|_| wrong(member, "is not base64url of 32 bytes"))?;
            bytes[..length].try_into().map_err(|_| wrong(member, "is not 32 bytes long"))
        };
        let (x, y) = (coordinate("x", &self.x)?, coordinate("y", &self.y)?);
        let key = PublicKey::from_coordinates(&x, &y)
            .map_err(|_| wrong("x", "and y are not a point on the curve P-256"))?;
        if let Some(kid) = &self.kid
            && *kid != URL_SAFE_NO_PAD.encode(key.kid())
        {
            return Err(wrong(
                "kid",
                "is not the base64url of the first 8 bytes of the SHA-256 of the public point",
            ));
        }
        Ok(Some(key))
    }
}

/// At most [`MAX_KEYS`] keys: `[{},{},…]` must not cost thirty times its size.
struct BoundedKeys<'a>(Vec<Jwk<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for BoundedKeys<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = BoundedKeys<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "an array of at most {MAX_KEYS} keys")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut keys = Vec::new();
                while let Some(key) = seq.next_element()? {
                    if keys.len() == MAX_KEYS {
                        return Err(de::Error::invalid_length(MAX_KEYS + 1, &self));
                    }
                    keys.push(key);
                }
                Ok(BoundedKeys(keys))
            }
        }
        deserializer.deserialize_seq(Keys)
    }
}

#[derive(Serialize)]
struct JwkSetOut {
    keys: Vec<JwkOut>,
}

#[derive(Serialize)]
struct JwkOut {
    kty: &'static str,
    crv: &'static str,
    x: String,
    y: String,
    kid: String,
    alg: &'static str,
    r#use: &'static str,
}
