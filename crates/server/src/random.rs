//! The one place that makes a source of randomness. Everything else takes it as a parameter.

use std::sync::Arc;

use ring::rand::{SecureRandom, SystemRandom};

/// The randomness of the machine.
#[expect(clippy::disallowed_methods, reason = "this is the one maker of a source of randomness")]
#[must_use]
pub fn system() -> Arc<dyn SecureRandom + Send + Sync> {
    Arc::new(SystemRandom::new())
}

/// `N` random bytes.
pub fn bytes<const N: usize>(random: &dyn SecureRandom) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes).expect("the kernel's source of randomness does not fail once it has started");
    bytes
}

/// A random number with `digits` decimal digits, as text.
#[must_use]
pub fn digits(random: &dyn SecureRandom, digits: usize) -> String {
    let mut text = String::with_capacity(digits);
    while text.len() < digits {
        // 250 is the largest multiple of 10 in a byte: larger values would favour small digits.
        text.extend(
            bytes::<16>(random)
                .iter()
                .filter(|b| **b < 250)
                .take(digits - text.len())
                .map(|b| char::from(b'0' + b % 10)),
        );
    }
    text
}

/// A random password of `length` letters and digits that can't be mistaken for one another.
#[must_use]
pub fn password(random: &dyn SecureRandom, length: usize) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut text = String::with_capacity(length);
    while text.len() < length {
        text.push(char::from(ALPHABET[usize::from(bytes::<1>(random)[0]) % ALPHABET.len()]));
    }
    text
}
