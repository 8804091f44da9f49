//! The curve equation of P-256 over public points. `ring` checks points when it verifies with them; this check
//! gives a clear answer when a key is registered or a key set is loaded. Public data only, so not constant time.

/// The field prime 2^256 - 2^224 + 2^192 + 2^96 - 1, least significant limb first (SP 800-186, 3.2.1.3).
const P: [u64; 4] = [0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001];
/// The coefficient b of y² = x³ - 3x + b.
const B: [u64; 4] =
    [0x3bce_3c3e_27d2_604b, 0x651d_06b0_cc53_b0f6, 0xb3eb_bd55_7698_86bc, 0x5ac6_35d8_aa3a_93e7];

/// Whether the 65 bytes 0x04 ‖ x ‖ y are a point of P-256 with coordinates below p.
pub(crate) fn is_on_p256(point: &[u8; 65]) -> bool {
    let (x, y) = (limbs(&point[1..33]), limbs(&point[33..]));
    if !less(&x, &P) || !less(&y, &P) {
        return false;
    }
    let x3 = multiply(&multiply(&x, &x), &x);
    let three_x = add(&add(&x, &x), &x);
    add(&multiply(&y, &y), &three_x) == add(&x3, &B)
}

fn limbs(bytes: &[u8]) -> [u64; 4] {
    let mut out = [0; 4];
    for (index, byte) in bytes.iter().rev().enumerate() {
        out[index / 8] |= u64::from(*byte) << (8 * (index % 8));
    }
    out
}

fn less(a: &[u64; 4], b: &[u64; 4]) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// `a - b` modulo 2^256.
fn subtract(a: &[u64; 4], b: &[u64; 4]) -> [u64; 4] {
    let (mut out, mut borrow) = ([0; 4], false);
    for index in 0..4 {
        let (first, under_first) = a[index].overflowing_sub(b[index]);
        let (second, under_second) = first.overflowing_sub(u64::from(borrow));
        out[index] = second;
        borrow = under_first || under_second;
    }
    out
}

/// `a + b` modulo p, for a and b below p.
fn add(a: &[u64; 4], b: &[u64; 4]) -> [u64; 4] {
    let (mut out, mut carry) = ([0; 4], false);
    for index in 0..4 {
        let (first, over_first) = a[index].overflowing_add(b[index]);
        let (second, over_second) = first.overflowing_add(u64::from(carry));
        out[index] = second;
        carry = over_first || over_second;
    }
    if carry || !less(&out, &P) { subtract(&out, &P) } else { out }
}

/// `a * b` modulo p by double-and-add: 256 additions, a few microseconds, nothing to get wrong.
fn multiply(a: &[u64; 4], b: &[u64; 4]) -> [u64; 4] {
    let mut product = [0; 4];
    for bit in (0..256).rev() {
        product = add(&product, &product);
        if b[bit / 64] >> (bit % 64) & 1 == 1 {
            product = add(&product, a);
        }
    }
    product
}
