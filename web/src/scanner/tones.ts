/// Short tones, for people who look at somebody else and not at the screen.

/** Frequency in hertz, start and length in seconds. */
export type Tone = readonly [hertz: number, startS: number, lengthS: number]

const VOLUME = 0.35

let context: AudioContext | null = null

/** Browsers let sound start only from a touch: call this from the first one. */
export function unlockSound(): void {
  if (typeof AudioContext === 'undefined') return
  context ??= new AudioContext()
  void context.resume().catch(() => undefined)
}

/** Unlocks sound with the first touch or key. */
export function unlockSoundOnTouch(): void {
  addEventListener('pointerdown', unlockSound, { once: true })
  addEventListener('keydown', unlockSound, { once: true })
}

/** Plays tones; silent until sound was unlocked. */
export function play(tones: readonly Tone[]): void {
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
