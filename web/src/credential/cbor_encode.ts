/// CBOR encoder (RFC 8949, preferred lengths): the signed structures that a verifier has to rebuild.
import { type Bytes, concat, utf8 } from './bytes'
import { type Cbor, Float, Tagged } from './cbor'

function head(major: number, argument: number): Bytes {
  const type = major << 5
  if (argument < 24) return Uint8Array.of(type | argument)
  if (argument < 0x100) return Uint8Array.of(type | 24, argument)
  if (argument < 0x10000) return Uint8Array.of(type | 25, argument >> 8, argument & 0xff)
  const wide = argument >= 0x1_0000_0000
  const out = new Uint8Array(wide ? 9 : 5)
  const view = new DataView(out.buffer)
  out[0] = type | (wide ? 27 : 26)
  if (wide) view.setBigUint64(1, BigInt(argument))
  else view.setUint32(1, argument)
  return out
}

/** Bytes of an item. Integers, texts, byte strings, arrays, maps (in the given order), tags, booleans and null. */
export function encodeCbor(value: Cbor): Bytes {
  if (value instanceof Float) throw new RangeError('only integers are encoded')
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new RangeError('only integers are encoded')
    return value >= 0 ? head(0, value) : head(1, -1 - value)
  }
  if (typeof value === 'string') {
    const bytes = utf8(value)
    return concat([head(3, bytes.length), bytes])
  }
  if (value instanceof Uint8Array) return concat([head(2, value.length), value])
  if (Array.isArray(value)) return concat([head(4, value.length), ...value.map(encodeCbor)])
  if (value instanceof Map) {
    const parts = [...value].flatMap(([key, item]) => [encodeCbor(key), encodeCbor(item)])
    return concat([head(5, value.size), ...parts])
  }
  if (value instanceof Tagged) return concat([head(6, value.tag), encodeCbor(value.value)])
  if (value === null) return Uint8Array.of(0xf6)
  if (value === undefined) return Uint8Array.of(0xf7)
  return Uint8Array.of(value ? 0xf5 : 0xf4)
}
