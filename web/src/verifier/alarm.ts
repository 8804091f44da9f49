/// Sound and vibration of a verdict: four patterns that differ in pitch, number and length.
import type { Face } from './face'
import type { Behaviour } from './settings'

/** Frequency in hertz, start and length in seconds. */
type Tone = readonly [hertz: number, startS: number, lengthS: number]

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
const VOLUME = 0.35

let context: AudioContext | null = null

/** Browsers let sound start only from a touch: call this from the first one. */
export function unlockSound(): void {
  if (typeof AudioContext === 'undefined') return
  context ??= new AudioContext()
  void context.resume().catch(() => undefined)
}

function play(tones: readonly Tone[]): void {
  if (!context || context.state !== 'running') return
  for (const [hertz, startS, lengthS] of tones) {
    const [source, gain] = [context.createOscillator(), context.createGain()]
    const from = context.currentTime + startS
    source.frequency.value = hertz
    gain.gain.setValueAtTime(VOLUME, from)
    // A short fade: a hard stop clicks.
    gain.gain.linearRampToValueAtTime(0, from + lengthS)
    source.connect(gain).connect(context.destination)
    source.start(from)
    source.stop(from + lengthS)
  }
}

/** Announces a verdict as far as device and settings allow. */
export function announce(face: Face, behaviour: Behaviour): void {
  if (behaviour.sound) play(TONES[face])
  if (behaviour.vibration) navigator.vibrate?.(BUZZ[face])
}
