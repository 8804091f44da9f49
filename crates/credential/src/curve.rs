//! The curve equation of P-256 over public points: is a point on the curve, and which y belongs to an x.
//!
//! `ring` checks points when it verifies with them, but takes no compressed ones, and a credential carries the
//! device key compressed (RFC 9053, section 7.1.1): 33 bytes less are one QR version less. Public data only, so
//! nothing here is constant time. Field elements are in Montgomery form, least significant limb first.

type Element = [u64; 4];

/// The field prime p = 2^256 - 2^224 + 2^192 + 2^96 - 1 (SP 800-186, section 3.2.1.3).
const P: Element = [0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001];
/// The coefficient b of y² = x³ - 3x + b.
const B: Element =
    [0x3bce_3c3e_27d2_604b, 0x651d_06b0_cc53_b0f6, 0xb3eb_bd55_7698_86bc, 0x5ac6_35d8_aa3a_93e7];
/// 2^512 mod p: brings a number into Montgomery form.
const R2: Element = [3, 0xffff_fffb_ffff_ffff, 0xffff_ffff_ffff_fffe, 0x0000_0004_ffff_fffd];
/// (p + 1) / 4: raising to it takes a square root, because p = 3 mod 4.
const ROOT: Element = [0, 0x0000_0000_4000_0000, 0x4000_0000_0000_0000, 0x3fff_ffff_c000_0000];

/// Whether the 65 bytes 0x04 ‖ x ‖ y are a point of P-256 with coordinates below p.
pub(crate) fn is_on_p256(point: &[u8; 65]) -> bool {
    let (Some(x), Some(y)) = (field(&point[1..33]), field(&point[33..])) else { return false };
    multiply(&y, &y) == right_side(&x)
}

/// The y of this x (32 bytes each) with the given oddness; `None` if x is on no point.
pub(crate) fn y_of(x: &[u8; 32], odd: bool) -> Option<[u8; 32]> {
    let square = right_side(&field(x)?);
    let root = power(&square, &ROOT);
    if multiply(&root, &root) != square {
        return None;
    }
    let mut y = multiply(&root, &[1, 0, 0, 0]);
    if (y[0] & 1 == 1) != odd {
        y = subtract(&P, &y);
    }
    let mut bytes = [0; 32];
    for (place, limb) in bytes.chunks_exact_mut(8).zip(y.iter().rev()) {
        place.copy_from_slice(&limb.to_be_bytes());
    }
    Some(bytes)
}

/// x³ - 3x + b.
fn right_side(x: &Element) -> Element {
    let cube = multiply(&multiply(x, x), x);
    let three_x = add(&add(x, x), x);
    add(&add(&cube, &subtract_field(&three_x)), &multiply(&B, &R2))
}

/// 32 bytes as a field element; `None` if not below p.
fn field(bytes: &[u8]) -> Option<Element> {
    let mut out = [0; 4];
    for (index, byte) in bytes.iter().rev().enumerate() {
        out[index / 8] |= u64::from(*byte) << (8 * (index % 8));
    }
    less(&out, &P).then(|| multiply(&out, &R2))
}

fn less(a: &Element, b: &Element) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// `a - b` modulo 2^256.
fn subtract(a: &Element, b: &Element) -> Element {
    let (mut out, mut borrow) = ([0; 4], false);
    for index in 0..4 {
        let (first, under_first) = a[index].overflowing_sub(b[index]);
        let (second, under_second) = first.overflowing_sub(u64::from(borrow));
        out[index] = second;
        borrow = under_first || under_second;
    }
    out
}

/// `-a` modulo p.
fn subtract_field(a: &Element) -> Element {
    if *a == [0; 4] { *a } else { subtract(&P, a) }
}

/// `a + b` modulo p.
fn add(a: &Element, b: &Element) -> Element {
    let (mut out, mut carry) = ([0; 4], 0);
    for index in 0..4 {
        (out[index], carry) = wide(a[index], 1, b[index], carry);
    }
    if carry == 1 || !less(&out, &P) { subtract(&out, &P) } else { out }
}

/// `a * b + c + d` as (low, high) limbs; it can't overflow 128 bits.
fn wide(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let sum = u128::from(a) * u128::from(b) + u128::from(c) + u128::from(d);
    (sum as u64, (sum >> 64) as u64)
}

/// Montgomery product `a * b / 2^256` modulo p (CIOS). The usual factor -1/p mod 2^64 is 1 for this prime, and
/// the form of its limbs leaves one multiplication of the reduction's four.
fn multiply(a: &Element, b: &Element) -> Element {
    let mut sum = [0u64; 5];
    for factor in b {
        let mut carry = 0;
        for index in 0..4 {
            (sum[index], carry) = wide(a[index], *factor, sum[index], carry);
        }
        let (high, top) = sum[4].overflowing_add(carry);
        // sum + reducer * p, divided by 2^64: the lowest limb becomes 0 and carries `reducer`, ...
        let reducer = sum[0];
        // ... which with reducer * (2^32 - 1) makes reducer * 2^32, ...
        let (low, over) = sum[1].overflowing_add(reducer << 32);
        // ... the third limb of p is 0, ...
        let (middle, over_middle) = sum[2].overflowing_add((reducer >> 32) + u64::from(over));
        // ... and the fourth needs the multiplication.
        let (third, carry) = wide(reducer, P[3], sum[3], u64::from(over_middle));
        let (fourth, over_fourth) = high.overflowing_add(carry);
        sum = [low, middle, third, fourth, u64::from(top) + u64::from(over_fourth)];
    }
    let out = [sum[0], sum[1], sum[2], sum[3]];
    if sum[4] > 0 || !less(&out, &P) { subtract(&out, &P) } else { out }
}

fn power(base: &Element, exponent: &Element) -> Element {
    let mut out = *base;
    // The topmost bit of the exponent (253) is the start itself.
    for bit in (0..253).rev() {
        out = multiply(&out, &out);
        if exponent[bit / 64] >> (bit % 64) & 1 == 1 {
            out = multiply(&out, base);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point(private: [u8; 32]) -> Option<[u8; 65]> {
        let key = p256::ecdsa::SigningKey::from_bytes(&private.into()).ok()?;
        key.verifying_key().to_sec1_point(false).as_bytes().try_into().ok()
    }

    proptest! {
        #[test]
        fn the_y_of_a_point_is_found_from_its_x_and_oddness(private: [u8; 32]) {
            if let Some(point) = point(private) {
                prop_assert!(is_on_p256(&point));
                let x: [u8; 32] = point[1..33].try_into().unwrap();
                prop_assert_eq!(&y_of(&x, point[64] & 1 == 1).unwrap()[..], &point[33..]);
            }
        }

        #[test]
        fn every_y_that_is_found_lies_on_the_curve(x: [u8; 32], odd: bool) {
            if let Some(y) = y_of(&x, odd) {
                let point: [u8; 65] = [&[4], &x[..], &y].concat().try_into().unwrap();
                prop_assert!(is_on_p256(&point));
                prop_assert_eq!(y[31] & 1 == 1, odd);
            }
        }

        #[test]
        fn a_point_moved_by_one_bit_is_off_the_curve(private: [u8; 32], bit in 0usize..512) {
            if let Some(mut point) = point(private) {
                point[1 + bit / 8] ^= 1 << (bit % 8);
                prop_assert!(!is_on_p256(&point));
            }
        }
    }
}
