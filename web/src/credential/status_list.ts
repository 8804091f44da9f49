/// Token Status List (draft-ietf-oauth-status-list) in its CWT form: two bits per credential of a city.
import { type Bytes, FormatError, hex } from './bytes'
import { CLAIM, claimsMap, integerMember, textMember } from './claims'
import { protectedAlgorithm, protectedKid, readSign1, verifySign1 } from './cose'
import { inflate } from './inflate'
import type { KeySet } from './jwks'

/** A verified list: `values` holds four two-bit entries per byte, the lowest bits first. */
export interface StatusList {
  readonly uri: string
  readonly issuedAtS: number
  readonly expiresAtS: number | null
  readonly ttlS: number | null
  readonly values: Bytes
}

/** 0 valid (green), 1 void, 2 suspended (yellow), 3 red. */
export type StatusValue = 0 | 1 | 2 | 3

/** 2^20 entries of two bits. */
export const MAX_LIST_BYTES = 1 << 18
const HEADER_TYP = 16
const TYP = 'application/statuslist+cwt'

/** Reads and verifies a status list token; throws {@link FormatError} when it is not one of ours. */
export async function readStatusListToken(token: Bytes, keys: KeySet): Promise<StatusList> {
  const message = readSign1(token)
  if (message.protectedHeader.get(HEADER_TYP) !== TYP) throw new FormatError('status list: wrong type')
  const kid = protectedKid(message)
  const key = kid && keys.get(hex(kid))
  if (protectedAlgorithm(message) !== 'ES256' || !key) throw new FormatError('status list: unknown key')
  if (!(await verifySign1(message, 'ES256', key))) throw new FormatError('status list: bad signature')
  const claims = claimsMap(message.payload)
  const list = claims.get(CLAIM.statusList)
  if (!(list instanceof Map) || list.get('bits') !== 2) throw new FormatError('status list: not two bits wide')
  const lst = list.get('lst')
  if (!(lst instanceof Uint8Array)) throw new FormatError('status list: no list')
  return {
    uri: textMember(claims, CLAIM.sub, 'sub'),
    issuedAtS: integerMember(claims, CLAIM.iat, 'iat'),
    expiresAtS: claims.has(CLAIM.exp) ? integerMember(claims, CLAIM.exp, 'exp') : null,
    ttlS: claims.has(CLAIM.ttl) ? integerMember(claims, CLAIM.ttl, 'ttl') : null,
    values: await inflate(lst, MAX_LIST_BYTES),
  }
}

/** Adds a list, or replaces the one with the same uri unless that is newer: an old copy cannot undo a revocation. */
export function keepNewest(lists: Map<string, StatusList>, list: StatusList): boolean {
  const held = lists.get(list.uri)
  if (held && held.issuedAtS > list.issuedAtS) return false
  lists.set(list.uri, list)
  return true
}

/** A list's uri without its number: everything up to the last slash. Lists of one city share it. */
export function cityOf(uri: string): string {
  return uri.slice(0, Math.max(0, uri.lastIndexOf('/')))
}

/** Value of an entry, or null when the list is shorter than the index. */
export function statusAt(values: Bytes, index: number): StatusValue | null {
  const byte = values[Math.floor(index / 4)]
  return byte === undefined ? null : (((byte >> ((index % 4) * 2)) & 3) as StatusValue)
}
