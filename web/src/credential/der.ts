/// The few DER (X.690) steps needed to take a public key and its permitted uses out of an X.509 certificate.
import { type Bytes, FormatError, fromBase64 } from './bytes'

/** What a trust list's certificate contributes: its key and, where it is limited, the uses it may serve. */
export interface SignerCertificate {
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Bytes
  /** Extended key usages as dotted object identifiers; null when the certificate has none. */
  readonly usages: readonly string[] | null
}

interface Node {
  readonly tag: number
  readonly whole: Bytes
  readonly content: Bytes
}

const SEQUENCE = 0x30
const OBJECT_ID = 0x06
const OCTETS = 0x04
const EXPLICIT_0 = 0xa0
const EXPLICIT_3 = 0xa3
const EXTENDED_KEY_USAGE = '2.5.29.37'
/** Children read of one node; no certificate comes near it. */
const MAX_CHILDREN = 256

function readNode(bytes: Bytes): Node {
  const [tag, first] = [bytes[0], bytes[1]]
  if (tag === undefined || first === undefined) throw new FormatError('DER: the input is cut')
  let [length, header] = [first, 2]
  if (first >= 0x80) {
    const width = first & 0x7f
    if (width < 1 || width > 3) throw new FormatError('DER: unsupported length')
    length = 0
    for (let i = 0; i < width; i += 1) length = length * 256 + (bytes[2 + i] ?? 0)
    header += width
  }
  if (header + length > bytes.length) throw new FormatError('DER: the input is cut')
  const whole = bytes.subarray(0, header + length)
  return { tag, whole, content: whole.subarray(header) }
}

function children(node: Node | undefined): Node[] {
  const out: Node[] = []
  let rest = node?.content ?? new Uint8Array()
  while (rest.length > 0) {
    if (out.length === MAX_CHILDREN) throw new FormatError('DER: too many parts')
    const child = readNode(rest)
    out.push(child)
    rest = rest.subarray(child.whole.length)
  }
  return out
}

/** Dotted form of an object identifier. */
function objectId(node: Node | undefined): string {
  if (node?.tag !== OBJECT_ID) throw new FormatError('DER: not an object identifier')
  const arcs: number[] = []
  let value = 0
  for (const byte of node.content) {
    value = value * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    if (arcs.length === 0) {
      const top = Math.min(2, Math.floor(value / 40))
      arcs.push(top, value - 40 * top)
    } else arcs.push(value)
    value = 0
  }
  return arcs.join('.')
}

function extendedKeyUsages(extensions: Node | undefined): string[] | null {
  for (const extension of children(children(extensions)[0])) {
    const parts = children(extension)
    if (objectId(parts[0]) !== EXTENDED_KEY_USAGE) continue
    const value = parts.find((part) => part.tag === OCTETS)
    if (!value) throw new FormatError('DER: extension without a value')
    return children(readNode(value.content)).map(objectId)
  }
  return null
}

/** Reads an X.509 certificate; throws {@link FormatError} when it is not one. Its own signature is the trust list's concern. */
export function readCertificate(der: Bytes): SignerCertificate {
  const parts = children(children(readNode(der))[0])
  // TBSCertificate: [0] version, serial, algorithm, issuer, validity, subject, SPKI, … [3] extensions
  const spki = parts[parts[0]?.tag === EXPLICIT_0 ? 6 : 5]
  if (spki?.tag !== SEQUENCE) throw new FormatError('DER: no public key')
  return {
    spki: spki.whole.slice(),
    usages: extendedKeyUsages(parts.find((part) => part.tag === EXPLICIT_3)),
  }
}

/** Certificates of a file: PEM blocks, or one bare DER certificate. */
export function certificatesOf(file: Bytes): Bytes[] {
  if (file[0] === SEQUENCE) return [file]
  const text = new TextDecoder().decode(file)
  const blocks = text.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g)
  return [...blocks].map((block) => fromBase64((block[1] ?? '').replace(/\s+/g, '')))
}
