/// The place in a status list that a code claims. It names a credential; only a verdict says whether it is genuine.
import { decodeBase45 } from './base45'
import { type Credential, readCredential } from './claims'
import { readSign1 } from './cose'
import { recognise } from './qr_text'
import { readShown } from './verify'

/** Status reference of a text that {@link verify} has judged; throws `FormatError` when there is none. */
export function claimedStatus(text: string): Credential['status'] {
  const outer = readSign1(decodeBase45(recognise(text).encoded))
  const shown = readShown(outer.payload)
  return readCredential(shown ? readSign1(shown.credential).payload : outer.payload).status
}
