/// Sound and vibration of a verdict: four patterns that differ in pitch, number and length.
import { play, type Tone } from '../scanner/tones'
import type { Face } from './face'
import type { Behaviour } from './settings'

const TONES: Record<Face, readonly Tone[]> = {
  allow: [
    [880, 0, 0.12],
    [1320, 0.13, 0.18],
  ],
  refuse: [
    [220, 0, 0.28],
    [220, 0.36, 0.28],
    [220, 0.72, 0.4],
  ],
  'by-hand': [
    [660, 0, 0.16],
    [660, 0.26, 0.16],
  ],
  'cannot-check': [[440, 0, 0.5]],
}
/** Milliseconds on, off, on … */
const BUZZ: Record<Face, number[]> = {
  allow: [60],
  refuse: [350, 120, 350, 120, 350],
  'by-hand': [140, 100, 140],
  'cannot-check': [60, 60, 60, 60, 60],
}
/** Announces a verdict as far as device and settings allow. */
export function announce(face: Face, behaviour: Behaviour): void {
  if (behaviour.sound) play(TONES[face])
  if (behaviour.vibration) navigator.vibrate?.(BUZZ[face])
}
