/// What an EU digital certificate says, for whoever reviews a declaration. The server has verified it; here it is only read.
import { decodeBase45 } from '../../credential/base45'
import { claimsMap } from '../../credential/claims'
import { readSign1 } from '../../credential/cose'
import { readDccContent } from '../../credential/dcc_content'
import { inflate } from '../../credential/inflate'
import { recognise } from '../../credential/qr_text'

const MAX_INFLATED_BYTES = 16 * 1024
/** First byte of zlib data. */
const ZLIB = 0x78
const CLAIM_HCERT = -260

export interface CertificateFacts {
  name: string
  /** As it stands there; empty where it does not. */
  birthDate: string
  test: { sampledMs: number; outcome: string; institution: string } | null
  vaccine: { doses: number; last: string } | null
}

/** Rejects when it can't be read. */
export async function readCertificate(text: string): Promise<CertificateFacts> {
  const packed = decodeBase45(recognise(text).encoded)
  const bytes = packed[0] === ZLIB ? await inflate(packed, MAX_INFLATED_BYTES) : packed
  const outer = claimsMap(readSign1(bytes, { tag: 'optional' }).payload).get(CLAIM_HCERT)
  const inner = outer instanceof Map ? outer.get(1) : undefined
  const { name, test, vaccine } = readDccContent(inner)
  const birthDate = inner instanceof Map ? inner.get('dob') : ''
  return {
    name,
    birthDate: typeof birthDate === 'string' ? birthDate : '',
    test: test && { sampledMs: test.sampled * 1000, outcome: test.outcome, institution: test.institution },
    vaccine,
  }
}
