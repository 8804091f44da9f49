/// The QR of a code, signed anew every 15 s. Loaded as its own chunk beside the first response.
import { useEffect, useState } from 'preact/hooks'
import type { Code } from '../api/types'
import { Qr } from '../ui/qr'
import { deviceKey } from './device_key'
import { presentationText, signerOf } from './presentation'
import { cityNow } from './state'
import { t } from './text/code'
import { h } from './text/facts'

const REDRAW_MS = 15_000

/** Keeps the screen on while a code is shown; not every browser can. */
function keepAwake(): () => void {
  let lock: { release: () => Promise<void> } | undefined
  let left = false
  const release = () => void lock?.release().catch(() => {})
  // The browser takes the lock back whenever the page is hidden.
  const take = () => {
    if (document.visibilityState !== 'visible') return
    navigator.wakeLock?.request('screen').then(
      (taken) => {
        lock = taken
        if (left) release()
      },
      () => {},
    )
  }
  take()
  document.addEventListener('visibilitychange', take)
  return () => {
    left = true
    document.removeEventListener('visibilitychange', take)
    release()
  }
}

/** Fresh presentation text every 15 s; `undefined` until the first, `null` if this device has no key. */
function usePresentation(credential: string): string | null | undefined {
  const [text, setText] = useState<string | null | undefined>(undefined)
  useEffect(() => {
    let stopped = false
    const draw = async () => {
      const pair = await deviceKey()
      const next = pair ? await presentationText(credential, Math.floor(cityNow() / 1000), signerOf(pair.privateKey)) : null
      if (!stopped) setText(next)
    }
    // A phone that slept must not show the last minute's signature when it wakes.
    const wake = () => document.visibilityState === 'visible' && void draw()
    void draw()
    const timer = setInterval(() => void draw(), REDRAW_MS)
    document.addEventListener('visibilitychange', wake)
    return () => {
      stopped = true
      clearInterval(timer)
      document.removeEventListener('visibilitychange', wake)
    }
  }, [credential])
  return text
}

export default function LiveQr({ code }: { code: Code }) {
  const text = usePresentation(code.credential)
  useEffect(keepAwake, [])
  if (text === undefined) return <div class="qr-wait" />
  if (text === null) return <p class="qr-wait">{h('noKey')}</p>
  return <Qr text={text} label={h('qrLabel', { name: code.name, colour: t(code.colour) })} />
}
