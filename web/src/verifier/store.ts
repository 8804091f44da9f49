/// What the gate keeps on the device: settings, keys, status lists, and check-ins that are not synced yet.
import { type Database, openDatabase } from '../offline/database'
import { TRUST_STORES } from '../trust/trust_data'

/** One store per noun; a check-in is in exactly one of `check-ins` (waiting) and `rejected`. */
export const STORES = ['settings', ...TRUST_STORES, 'check-ins', 'rejected'] as const
export type StoreName = (typeof STORES)[number]

/** Opens the gate's database; shared by all tabs of this browser. */
export function openStore(): Promise<Database> {
  return openDatabase('yimatong-verifier', STORES)
}
