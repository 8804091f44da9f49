/// The camera behind the viewfinder: opening, torch, and a loop that hands frames to the decoder.
import { frameReader } from './pixels'

/** Why there is no picture; each has its own advice on the page. */
export type CameraFailure = 'unsupported' | 'denied' | 'absent' | 'busy'

export interface Camera {
  /** True when the lamp can be switched. */
  readonly hasTorch: boolean
  setTorch(on: boolean): Promise<void>
  stop(): void
}

/** Longest pause between two frames: a code held still is read at once, the phone stays cool. */
const FRAME_INTERVAL_MS = 90

interface TorchCapabilities extends MediaTrackCapabilities {
  torch?: boolean
}

/** Maps what getUserMedia throws to something a person can act on. */
export function failureOf(error: unknown): CameraFailure {
  const name = error instanceof DOMException || error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'absent'
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy'
  return 'unsupported'
}

/** Opens the back camera into `video`; throws a {@link CameraFailure}. */
export async function openCamera(video: HTMLVideoElement): Promise<Camera> {
  if (!navigator.mediaDevices?.getUserMedia) throw 'unsupported' satisfies CameraFailure
  let stream: MediaStream
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 960 } },
    })
  } catch (error) {
    throw failureOf(error)
  }
  video.srcObject = stream
  // Autoplay of a muted stream may still be refused; the first frame then comes with the next touch.
  await video.play().catch(() => undefined)
  const track = stream.getVideoTracks()[0]
  const capabilities = (track?.getCapabilities?.() ?? {}) as TorchCapabilities
  return {
    hasTorch: capabilities.torch === true,
    async setTorch(on) {
      await track?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] })
    },
    stop() {
      for (const each of stream.getTracks()) each.stop()
      video.srcObject = null
    },
  }
}

/**
 * Decodes frames until the returned function is called. Every text is reported, also the same one again;
 * `paused` is asked before each frame, so that a verdict on screen costs no decoding.
 */
export function scanFrames(
  video: HTMLVideoElement,
  decode: (pixels: ImageData) => Promise<string | null>,
  found: (text: string) => void,
  paused: () => boolean,
): () => void {
  const frames = frameReader()
  let stopped = false
  const turn = async () => {
    if (stopped) return
    if (!paused()) {
      const pixels = frames.read(video)
      const text = pixels && (await decode(pixels).catch(() => null))
      if (text && !stopped && !paused()) found(text)
    }
    setTimeout(turn, FRAME_INTERVAL_MS)
  }
  void turn()
  return () => {
    stopped = true
  }
}
