/// The curve equation of P-256: which y belongs to an x. A credential carries the device key compressed
/// (RFC 9053 section 7.1.1), which keeps its QR symbol small, and WebCrypto need not take compressed points.
/// Public data only, so nothing here is constant time.
import { type Bytes, hex } from './bytes'

/** The field prime (SP 800-186, section 3.2.1.3). */
const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n
/** The coefficient b of y² = x³ - 3x + b. */
const B = 0x5ac635d8_aa3a93e7_b3ebbd55_769886bc_651d06b0_cc53b0f6_3bce3c3e_27d2604bn

const squared = (value: bigint, times: number): bigint => {
  let out = value
  for (let i = 0; i < times; i += 1) out = (out * out) % P
  return out
}

/** `value` to the power (p + 1) / 4 = 2^254 - 2^222 + 2^190 + 2^94: a square root, because p = 3 mod 4. */
function root(value: bigint): bigint {
  let ones = value
  // value^(2^32 - 1) by doubling the run of ones: 1, 2, 4, 8, 16, 32.
  for (const run of [1, 2, 4, 8, 16]) ones = (squared(ones, run) * ones) % P
  const upper = (squared(ones, 32) * value) % P
  return squared((squared(upper, 96) * value) % P, 94)
}

/** The y of this x (32 bytes each) with the given oddness; null if x is on no point. */
export function yOf(x: Bytes, odd: boolean): Bytes | null {
  const at = BigInt(`0x${hex(x)}`)
  if (x.length !== 32 || at >= P) return null
  const square = (((at * at - 3n) % P) * at + B + P * P) % P
  let y = root(square)
  if ((y * y) % P !== square) return null
  if ((y & 1n) !== (odd ? 1n : 0n)) y = P - y
  const digits = y.toString(16).padStart(64, '0')
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
