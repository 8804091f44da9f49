/// The 24/48/72 h badge of a test, counted from sampling.
import type { TestClaim } from '../credential/claims'

const HOURS = [24, 48, 72] as const

/** Smallest badge the test still has at `nowS`, or null when it is older or lies in the future. */
export function testBadge(test: TestClaim | null, nowS: number): (typeof HOURS)[number] | null {
  if (test === null) return null
  const ageS = nowS - test.sampled
  if (ageS < 0) return null
  return HOURS.find((hours) => ageS <= hours * 3600) ?? null
}
