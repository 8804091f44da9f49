/// Handheld scanners type like a keyboard, very fast, and end with Enter: no field needs to have the focus.

/** Longest pause inside one scan, also on a phone that is busy; what begins like a code was not typed by chance. */
const KEY_INTERVAL_MS = 1_000
const LONGEST = 4296

/** What begins like a code of ours or a foreign certificate. */
const A_CODE = /^(YMT\d+|HC\d):/

/** Collects keys; `press` returns the scanned text when Enter ends one that is `expected`. Times in milliseconds. */
export class KeyCollector {
  constructor(private readonly expected: RegExp = A_CODE) {}
  private text = ''
  private lastAt = Number.NEGATIVE_INFINITY

  /** True in the middle of a scan. */
  isCollecting(atMs: number): boolean {
    return this.text !== '' && atMs - this.lastAt <= KEY_INTERVAL_MS
  }

  press(key: string, atMs: number): string | null {
    if (atMs - this.lastAt > KEY_INTERVAL_MS) this.text = ''
    this.lastAt = atMs
    if (key === 'Enter') {
      const done = this.text
      this.text = ''
      return this.expected.test(done) ? done : null
    }
    if (key.length === 1 && this.text.length < LONGEST) this.text += key
    return null
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
}

/** Listens for a handheld scanner on the whole page; returns the function that stops it. */
export function listenForHandheld(found: (text: string) => void, expected?: RegExp): () => void {
  const collector = new KeyCollector(expected)
  const onKey = (event: KeyboardEvent) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
    // A space inside a scanned text must not press the focused button.
    if (event.key === ' ' && collector.isCollecting(event.timeStamp)) event.preventDefault()
    const text = collector.press(event.key, event.timeStamp)
    if (text === null) return
    // The focused button must not be pressed by the scanner's Enter.
    event.preventDefault()
    found(text)
  }
  // Some browsers press the button when the key comes up.
  const onUp = (event: KeyboardEvent) => {
    if (event.key === ' ' && !isTyping(event.target) && collector.isCollecting(event.timeStamp)) event.preventDefault()
  }
  addEventListener('keydown', onKey, { capture: true })
  addEventListener('keyup', onUp, { capture: true })
  return () => {
    removeEventListener('keydown', onKey, { capture: true })
    removeEventListener('keyup', onUp, { capture: true })
  }
}
