//! The check character of 18-character numbers: ISO 7064 MOD 11-2, as GB 11643 uses it.

/// Weights of the 17 digits.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The check character for each weighted sum modulo 11.
const CHARACTERS: &[u8; 11] = b"10X98765432";

/// The check character (`0` to `9` or `X`) of 17 ASCII digits.
#[must_use]
pub fn check_digit(digits: &[u8; 17]) -> u8 {
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit & 0x0f) * weight).sum();
    CHARACTERS[(sum % 11) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_examples_have_their_check_characters() {
        for number in [b"34052419800101001X", b"11010519491231002X", b"440524188001010014"] {
            let digits = number.first_chunk().unwrap();
            assert_eq!(check_digit(digits), number[17]);
        }
    }
}
