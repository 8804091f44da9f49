/// What a venue's rule says about a colour and a test, wherever the two come from.
import type { Colour, TestClaim } from './claims'
import type { VenueRule } from './venue_rule'
import { type Verdict, find } from './verdict'

/** Adds the finding for a colour; green and unknown add none. */
export function judgeColour(verdict: Verdict, colour: Colour | null, rule: VenueRule): void {
  verdict.colour = colour
  if (colour === 'red') find(verdict, 'refuse', 'colour-red')
  if (colour === 'yellow') find(verdict, rule.yellow, 'colour-yellow')
}

/** Adds the findings for the latest test, where the rule asks for a negative one. */
export function judgeTest(verdict: Verdict, test: TestClaim | null, rule: VenueRule, nowS: number): void {
  const withinH = rule.requireNegativeWithinH
  if (withinH === null) return
  if (test === null) return find(verdict, 'refuse', 'test-missing')
  if (test.outcome === 'positive') find(verdict, 'refuse', 'test-positive')
  else if (test.outcome !== 'negative') find(verdict, 'refuse', 'test-missing')
  const fromS = rule.testReference === 'sampled' ? test.sampled : test.reported
  if (nowS - fromS > withinH * 3600) find(verdict, 'refuse', 'test-too-old')
}
