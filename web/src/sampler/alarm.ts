/// Sound and vibration of what the table says: done, done but look, decide, no.
import { play, type Tone } from '../scanner/tones'
import type { Behaviour } from './settings'

export type Mood = 'done' | 'sealed' | 'ask' | 'refuse'

const TONES: Record<Mood, readonly Tone[]> = {
  done: [[1175, 0, 0.12]],
  sealed: [
    [880, 0, 0.1],
    [1175, 0.11, 0.1],
    [1568, 0.22, 0.2],
  ],
  ask: [
    [660, 0, 0.16],
    [660, 0.26, 0.16],
  ],
  refuse: [
    [220, 0, 0.28],
    [220, 0.36, 0.28],
    [220, 0.72, 0.4],
  ],
}
/** Milliseconds on, off, on … */
const BUZZ: Record<Mood, number[]> = {
  done: [60],
  sealed: [60, 60, 120],
  ask: [140, 100, 140],
  refuse: [350, 120, 350, 120, 350],
}

/** Announces what is on screen as far as device and settings allow. */
export function announce(mood: Mood, { sound, vibration }: Behaviour): void {
  if (sound) play(TONES[mood])
  if (vibration) navigator.vibrate?.(BUZZ[mood])
}
