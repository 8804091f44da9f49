//! Form of a sealed value: data key id (2 bytes, big endian), nonce (12), ciphertext, tag (16).

use aes_gcm_siv::Nonce;
use aes_gcm_siv::aead::{Aead, Payload};
use ring::rand::SecureRandom;
use yimatong_model::ids::PersonId;

use super::Keyring;
use crate::error::{Outage, Result, StoreError};

const KEY_ID: usize = 2;
const NONCE: usize = 12;

/// Associated data of a column of a person.
pub(super) fn column_data(person: PersonId, column: &str) -> Vec<u8> {
    let mut data = Vec::with_capacity(40);
    data.extend_from_slice(b"yimatong column ");
    data.extend_from_slice(&person.get().to_be_bytes());
    data.extend_from_slice(column.as_bytes());
    data
}

/// Associated data of a secret that belongs to no person.
pub(super) fn secret_data(context: &str) -> Vec<u8> {
    [b"yimatong secret ", context.as_bytes()].concat()
}

/// Seals under the current data key with a random nonce.
pub(super) fn seal(keys: &Keyring, rng: &dyn SecureRandom, data: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
    let mut nonce = [0; NONCE];
    rng.fill(&mut nonce)
        .map_err(|_| StoreError::Unavailable(Outage::Io("the source of randomness failed".to_owned())))?;
    let cipher = keys.ciphers.get(&keys.current).expect("invariant: the current key is in the keyring");
    let text = cipher
        .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: data })
        .map_err(|_| StoreError::Corrupt("a value is too long to seal".to_owned()))?;
    let mut sealed = Vec::with_capacity(KEY_ID + NONCE + text.len());
    sealed.extend_from_slice(&keys.current.to_be_bytes());
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&text);
    Ok(sealed)
}

/// Opens a value; none when it is damaged, belongs elsewhere or its key is unknown.
pub(super) fn open(keys: &Keyring, data: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (id, rest) = sealed.split_first_chunk::<KEY_ID>()?;
    let (nonce, text) = rest.split_first_chunk::<NONCE>()?;
    let cipher = keys.ciphers.get(&u16::from_be_bytes(*id))?;
    cipher.decrypt(&Nonce::from(*nonce), Payload { msg: text, aad: data }).ok()
}
