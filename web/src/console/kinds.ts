/// Kinds of identity documents, in the order of the forms.
import type { DocumentKind } from '../api/types'

export const KINDS: readonly DocumentKind[] = [
  'resident-id',
  'passport',
  'foreign-permanent-resident-card',
  'hk-macao-permit',
  'taiwan-permit',
]
