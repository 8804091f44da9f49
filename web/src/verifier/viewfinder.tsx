/// The camera picture with its frame, torch, and advice when there is no picture.
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import type { Gate } from './gate'
import { type Camera, type CameraFailure, openCamera, scanFrames } from './scanner/camera'
import { decodeFrame, prepareDecoder } from './scanner/decoder'
import { t, type TextKey } from './texts'

const ADVICE: Record<CameraFailure, TextKey> = {
  unsupported: 'cameraUnsupported',
  denied: 'cameraDenied',
  absent: 'cameraAbsent',
  busy: 'cameraBusy',
}

interface Props {
  gate: Gate
  /** True while a sheet covers the picture. */
  idle: boolean
  onText: (text: string) => void
}
type State = 'starting' | 'running' | CameraFailure

export function Viewfinder({ gate, idle, onText }: Props) {
  const video = useRef<HTMLVideoElement>(null)
  const camera = useRef<Camera | null>(null)
  const [state, setState] = useState<State>('starting')
  const [attempt, setAttempt] = useState(0)
  const [torch, setTorch] = useState(false)
  // The loop outlives a render: it asks the latest values.
  const latest = useRef({ idle, onText })
  latest.current = { idle, onText }

  useEffect(() => {
    let stop = () => undefined as void
    let left = false
    const start = async (shown: HTMLVideoElement) => {
      setState('starting')
      try {
        const [opened] = await Promise.all([openCamera(shown), prepareDecoder()])
        if (left) return opened.stop()
        camera.current = opened
        setState('running')
        const paused = () => latest.current.idle || gate.shown.value !== null || document.hidden
        const end = scanFrames(shown, decodeFrame, (text) => latest.current.onText(text), paused)
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
  }, [gate, attempt])

  const failed = state !== 'starting' && state !== 'running'
  const toggle = async () => {
    await camera.current?.setTorch(!torch).catch(() => undefined)
    setTorch(!torch)
  }
  return (
    <section class="viewfinder" data-test="viewfinder" data-state={state}>
      <video ref={video} muted playsInline aria-hidden="true" hidden={failed} />
      {!failed && <div class="frame" aria-hidden="true" />}
      {!failed && <p class="scan-hint">{t(state === 'starting' ? 'starting' : 'scanHint')}</p>}
      {failed && (
        <div class="no-camera stack">
          <Notice tone="warn">{t(ADVICE[state])}</Notice>
          <Button onClick={() => setAttempt(attempt + 1)}>{t('retry')}</Button>
        </div>
      )}
      {camera.current?.hasTorch && (
        <button type="button" class="torch" aria-pressed={torch} onClick={() => void toggle()} data-test="torch">
          {t('torch')}
        </button>
      )}
    </section>
  )
}
