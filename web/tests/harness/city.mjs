/// A small city for tests: signs credentials, presentations and status lists with node's own crypto and an
/// independent CBOR library, so that the page's reading is not tested against its own writing.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { encode, Tagged } from 'cborg'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const COLOUR_NUMBER = { green: 0, yellow: 2, red: 3 }
const KIND_NUMBER = { device: 0, relative: 1, paper: 2 }
/** Values of a status list entry. */
export const STATUS = { green: 0, void: 1, yellow: 2, red: 3 }

const cbor = (item) => Buffer.from(encode(item))

/** Base45 text of bytes (RFC 9285). */
export function base45(bytes) {
  let text = ''
  for (let at = 0; at < bytes.length; at += 2) {
    const pair = at + 1 < bytes.length
    let value = pair ? bytes[at] * 256 + bytes[at + 1] : bytes[at]
    for (let digit = 0; digit < (pair ? 3 : 2); digit += 1) {
      text += ALPHABET[value % 45]
      value = Math.floor(value / 45)
    }
  }
  return text
}

/** A P-256 key with its coordinates and its id: the first 8 bytes of SHA-256 over the point. */
export function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = publicKey.export({ format: 'jwk' })
  const [x, y] = [Buffer.from(jwk.x, 'base64url'), Buffer.from(jwk.y, 'base64url')]
  const kid = createHash('sha256').update(Buffer.concat([Buffer.of(4), x, y])).digest().subarray(0, 8)
  return { privateKey, jwk, x, y, kid }
}

/** COSE_Sign1 (tag 18), ES256. */
export function sign1(header, payload, key, externalAad = Buffer.alloc(0)) {
  const protectedBytes = cbor(header)
  const signed = cbor(['Signature1', protectedBytes, externalAad, payload])
  const signature = sign('sha256', signed, { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
  return cbor(new Tagged(18, [protectedBytes, new Map(), payload, signature]))
}

/** A city with one signing key and one status list of `entries` entries at `<base>/v1/status-lists/0`. */
export class City {
  constructor(base = 'http://127.0.0.1', entries = 4096) {
    this.key = newKey()
    this.uri = `${base}/v1/status-lists/0`
    this.bits = Buffer.alloc(entries / 4)
  }

  jwks() {
    const { kty, crv, x, y } = this.key.jwk
    return { keys: [{ kty, crv, x, y, kid: this.key.kid.toString('base64url'), alg: 'ES256', use: 'sig' }] }
  }

  setStatus(index, status) {
    const shift = 2 * (index % 4)
    this.bits[index >> 2] = (this.bits[index >> 2] & ~(3 << shift)) | (STATUS[status] << shift)
  }

  statusListToken(issuedAtS) {
    const claims = new Map([
      [2, this.uri],
      [4, issuedAtS + 86_400],
      [6, issuedAtS],
      [65533, new Map([['bits', 2], ['lst', deflateSync(this.bits)]])],
      [65534, 30],
    ])
    const header = new Map([[1, -7], [4, this.key.kid], [16, 'application/statuslist+cwt']])
    return sign1(header, cbor(claims), this.key)
  }

  /** A credential; `holder` is the device key (see {@link newKey}), absent on paper. */
  credential({ issuedAtS, holder, index = 5, kind = 'device', colour = 'green', name = '张*三', tail = '0018', test, vaccine }) {
    const own = new Map([[1, KIND_NUMBER[kind]], [2, COLOUR_NUMBER[colour]], [3, name], [4, tail]])
    if (test) own.set(5, test)
    if (vaccine) own.set(6, vaccine)
    const claims = new Map([
      [1, '610100'],
      [2, randomBytes(16)],
      [4, issuedAtS + (kind === 'paper' ? 7 : 1) * 86_400],
      [6, issuedAtS],
      [65535, new Map([['status_list', new Map([['idx', index], ['uri', this.uri]])]])],
      [-65537, own],
    ])
    if (holder) claims.set(8, new Map([[1, new Map([[1, 2], [-1, 1], [-2, holder.x], [-3, (holder.y[31] & 1) === 1]])]]))
    return sign1(new Map([[1, -7], [4, this.key.kid]]), cbor(claims), this.key)
  }
}

/** Text of a test certificate in the form of an EU DCC, as the city signs it. `key` is the city's, unless somebody forges one. */
export function testCertificate(key, { issuedAtS, sampledS, name = '张三三', positive = false, institution = '西安市第三医院', id = '610100/7' }) {
  const test = {
    ...{ tg: '840539006', tt: 'LP6464-4', sc: new Date(sampledS * 1000).toISOString().replace('.000', '') },
    ...{ tr: positive ? '260373001' : '260415000', tc: institution, co: 'CN', is: '西安市', ci: `URN:UVCI:01:CN:${id}` },
  }
  const content = { ver: '1.3.0', dob: '1990-01-31', nam: { fn: name, fnt: 'ZHANG<SANSAN' }, t: [test] }
  const claims = new Map([[1, 'CN'], [4, sampledS + 72 * 3600], [6, issuedAtS], [-260, new Map([[1, content]])]])
  return `HC1:${base45(deflateSync(sign1(new Map([[1, -7], [4, key.kid]]), cbor(claims), key)))}`
}

/** The text a phone shows at `atS`. */
export function presentationText(credential, holder, atS) {
  const payload = cbor([credential, atS])
  return `YMT1:${base45(sign1(new Map([[1, -7]]), payload, holder, Buffer.from('yimatong presentation v1')))}`
}

/** The text on paper. */
export function paperText(credential) {
  return `YMT1:${base45(credential)}`
}
