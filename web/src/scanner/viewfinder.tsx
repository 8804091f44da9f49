/// The camera picture with its frame, torch, and advice when there is no picture.
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import { type Camera, type CameraFailure, openCamera, scanFrames } from './camera'
import type { Symbols } from './decoder'
import { s, type TextKey } from './texts'
import './scanner.css'

const ADVICE: Record<CameraFailure, TextKey> = {
  unsupported: 'cameraUnsupported',
  denied: 'cameraDenied',
  absent: 'cameraAbsent',
  busy: 'cameraBusy',
}

interface Props {
  /** Kinds of symbols to look for. */
  symbols?: Symbols
  /** What to hold before the camera. */
  hint: string
  /** Asked before each frame: true while something covers the picture. */
  paused: () => boolean
  onText: (text: string) => void
}
type State = 'starting' | 'running' | CameraFailure

/** The decoder is half of all code that a page with a camera loads: the first screen does not wait for it. */
async function readyDecoder(): Promise<typeof import('./decoder')> {
  const decoder = await import('./decoder')
  await decoder.prepareDecoder()
  return decoder
}

export function Viewfinder({ symbols = 'qr', hint, paused, onText }: Props) {
  const video = useRef<HTMLVideoElement>(null)
  const camera = useRef<Camera | null>(null)
  const [state, setState] = useState<State>('starting')
  const [attempt, setAttempt] = useState(0)
  const [torch, setTorch] = useState(false)
  // The loop outlives a render: it asks the latest values.
  const latest = useRef({ paused, onText })
  latest.current = { paused, onText }

  useEffect(() => {
    let stop = () => undefined as void
    let left = false
    const start = async (shown: HTMLVideoElement) => {
      setState('starting')
      try {
        const [opened, decoder] = await Promise.all([openCamera(shown), readyDecoder()])
        if (left) return opened.stop()
        camera.current = opened
        setState('running')
        const idle = () => document.hidden || latest.current.paused()
        const decode = (pixels: ImageData) => decoder.decodeFrame(pixels, symbols)
        const end = scanFrames(shown, decode, (text) => latest.current.onText(text), idle)
        stop = () => (end(), opened.stop())
      } catch (failure) {
        setState(typeof failure === 'string' ? (failure as CameraFailure) : 'unsupported')
      }
    }
    if (video.current) void start(video.current)
    return () => {
      left = true
      stop()
      camera.current = null
    }
  }, [symbols, attempt])

  const failed = state !== 'starting' && state !== 'running'
  const toggle = async () => {
    await camera.current?.setTorch(!torch).catch(() => undefined)
    setTorch(!torch)
  }
  return (
    <section class="viewfinder" data-test="viewfinder" data-state={state}>
      <video ref={video} muted playsInline aria-hidden="true" hidden={failed} />
      {!failed && <div class="frame" aria-hidden="true" />}
      {!failed && <p class="scan-hint">{state === 'starting' ? s('starting') : hint}</p>}
      {failed && (
        <div class="no-camera stack">
          <Notice tone="warn">{s(ADVICE[state])}</Notice>
          <Button onClick={() => setAttempt(attempt + 1)}>{s('retry')}</Button>
        </div>
      )}
      {camera.current?.hasTorch && (
        <button type="button" class="torch" aria-pressed={torch} onClick={() => void toggle()} data-test="torch">
          {s('torch')}
        </button>
      )}
    </section>
  )
}
