/// Words for the kinds of identity documents, in the order of the forms.
import type { DocumentKind } from '../api/types'
import { pick } from '../i18n/lang'

const WORDS: Record<DocumentKind, readonly [zh: string, en: string]> = {
  'resident-id': ['居民身份证', 'Resident identity card'],
  passport: ['护照', 'Passport'],
  'foreign-permanent-resident-card': ['外国人永久居留身份证', 'Foreign permanent resident card'],
  'hk-macao-permit': ['港澳居民来往内地通行证', 'Hong Kong and Macao permit'],
  'taiwan-permit': ['台湾居民来往大陆通行证', 'Taiwan permit'],
}

/** Kinds to choose from, the most frequent first. */
export const DOCUMENT_KINDS = Object.keys(WORDS) as readonly DocumentKind[]

export function documentKind(kind: DocumentKind): string {
  return pick(...WORDS[kind])
}
