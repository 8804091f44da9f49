/// CBOR (RFC 8949) decoder for bytes from strangers: bounded depth and item count, no duplicate keys, no
/// trailing bytes, no copy of more than the input's own length. Own code and not a library because a gate
/// reads untrusted bytes with it, and 130 lines can be read in one sitting.
import { type Bytes, FormatError, concat, textOf } from './bytes'

/** A tagged item (RFC 8949 section 3.4). */
export class Tagged {
  constructor(
    readonly tag: number,
    readonly value: Cbor,
  ) {}
}

/** A floating-point number: kept apart, because where an integer is asked for 1.0 is not one. */
export class Float {
  constructor(readonly value: number) {}
}

/** Keys of maps in the formats read here: integers and texts. */
export type CborKey = number | string
/** A CBOR map; the order of the wire is kept. */
export type CborMap = Map<CborKey, Cbor>
/** Any decoded item. Integers beyond 2^53 lose their last digits: no claim here comes near. */
export type Cbor = number | string | boolean | null | undefined | Bytes | Cbor[] | CborMap | Tagged | Float

const MAX_DEPTH = 16
const MAX_ITEMS = 4096
const MAX_ENTRIES = 64
const BREAK = Symbol('break')

class Reader {
  private at = 0
  private items = 0
  private readonly view: DataView

  constructor(private readonly bytes: Bytes) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get finished(): boolean {
    return this.at === this.bytes.length
  }

  item(depth: number): Cbor {
    const value = this.itemOrBreak(depth)
    if (value === BREAK) throw new FormatError('CBOR: unexpected break')
    return value
  }

  private itemOrBreak(depth: number): Cbor | typeof BREAK {
    if (depth > MAX_DEPTH) throw new FormatError('CBOR: nested too deeply')
    this.items += 1
    if (this.items > MAX_ITEMS) throw new FormatError('CBOR: too many items')
    const first = this.byte()
    const major = first >> 5
    const info = first & 0x1f
    if (major === 7) return this.simple(info)
    if (info === 31) return this.indefinite(major, depth)
    const argument = this.argument(info)
    switch (major) {
      case 0:
        return argument
      case 1:
        return -1 - argument
      case 2:
        return this.take(argument)
      case 3:
        return textOf(this.take(argument))
      case 4:
        return this.array(argument, depth)
      case 5:
        return this.map(argument, depth)
      default:
        return new Tagged(argument, this.item(depth + 1))
    }
  }

  private byte(): number {
    const value = this.bytes[this.at]
    if (value === undefined) throw new FormatError('CBOR: the input is cut')
    this.at += 1
    return value
  }

  private take(length: number): Bytes {
    if (length > this.bytes.length - this.at) throw new FormatError('CBOR: the input is cut')
    const part = this.bytes.slice(this.at, this.at + length)
    this.at += length
    return part
  }

  private argument(info: number): number {
    if (info < 24) return info
    if (info > 27) throw new FormatError('CBOR: reserved length')
    const width = 1 << (info - 24)
    let value = 0
    for (let i = 0; i < width; i += 1) value = value * 256 + this.byte()
    return value
  }

  private simple(info: number): Cbor | typeof BREAK {
    if (info === 20 || info === 21) return info === 21
    if (info === 22) return null
    if (info === 24) this.byte()
    if (info === 25) return this.half()
    if (info === 26) return this.float(4, () => this.view.getFloat32(this.at - 4))
    if (info === 27) return this.float(8, () => this.view.getFloat64(this.at - 8))
    if (info === 31) return BREAK
    if (info > 27) throw new FormatError('CBOR: reserved simple value')
    // `undefined`, and values that nobody has given a meaning yet.
    return undefined
  }

  private float(width: number, read: () => number): Float {
    this.take(width)
    return new Float(read())
  }

  private half(): Float {
    const bits = this.byte() * 256 + this.byte()
    const exponent = (bits >> 10) & 0x1f
    const mantissa = bits & 0x3ff
    const sign = bits & 0x8000 ? -1 : 1
    if (exponent === 31) return new Float(mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY)
    if (exponent === 0) return new Float(sign * mantissa * 2 ** -24)
    return new Float(sign * (1 + mantissa / 1024) * 2 ** (exponent - 15))
  }

  private array(length: number, depth: number): Cbor[] {
    const out: Cbor[] = []
    for (let i = 0; i < length; i += 1) out.push(this.item(depth + 1))
    return out
  }

  private map(length: number, depth: number): CborMap {
    const out: CborMap = new Map()
    for (let i = 0; i < length; i += 1) this.entry(out, this.item(depth + 1), depth)
    return out
  }

  private entry(map: CborMap, key: Cbor, depth: number): void {
    if (typeof key !== 'number' && typeof key !== 'string') throw new FormatError('CBOR: unsupported map key')
    if (map.has(key)) throw new FormatError('CBOR: a key occurs twice')
    if (map.size === MAX_ENTRIES) throw new FormatError('CBOR: too many entries')
    map.set(key, this.item(depth + 1))
  }

  private indefinite(major: number, depth: number): Cbor {
    const parts: Cbor[] = []
    const map: CborMap = new Map()
    for (;;) {
      const next = this.itemOrBreak(depth + 1)
      if (next === BREAK) break
      if (major === 5) this.entry(map, next, depth)
      else parts.push(next)
    }
    if (major === 4) return parts
    if (major === 5) return map
    return this.joined(major, parts)
  }

  /** A string in pieces (RFC 8949 section 3.2.3): every piece is of the string's own kind. */
  private joined(major: number, parts: Cbor[]): Cbor {
    if (major === 2 && parts.every((part) => part instanceof Uint8Array)) return concat(parts)
    if (major === 3 && parts.every((part) => typeof part === 'string')) return parts.join('')
    throw new FormatError('CBOR: bad indefinite length')
  }
}

/** The single item that fills `bytes`; throws {@link FormatError} on anything else. */
export function decodeCbor(bytes: Bytes): Cbor {
  const reader = new Reader(bytes)
  const value = reader.item(0)
  if (!reader.finished) throw new FormatError('CBOR: bytes after the item')
  return value
}
