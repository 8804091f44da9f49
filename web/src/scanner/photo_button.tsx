/// A still photo in place of the camera's picture.
import { Icon } from '../ui/icon'
import type { Symbols } from './decoder'
import { photoPixels } from './pixels'
import { s } from './texts'

const CAMERA = 'M4 7h4l2-3h4l2 3h4v12H4zM12 16a3.500 3.500 0 100-7 3.500 3.500 0 000 7'

interface Props {
  symbols?: Symbols
  onText: (text: string) => void
  /** There was no symbol in the photo. */
  onNothing: () => void
}

/** Last resort of browsers without a camera stream: the phone's own camera application takes a picture. */
export function PhotoButton({ symbols = 'qr', onText, onNothing }: Props) {
  const read = async (input: HTMLInputElement) => {
    const file = input.files?.[0]
    input.value = ''
    if (!file) return
    const text = await photoPixels(file)
      .then(async (pixels) => (await import('./decoder')).decodePhoto(pixels, symbols))
      .catch(() => null)
    if (text) onText(text)
    else onNothing()
  }
  return (
    <label class="button tool">
      <Icon path={CAMERA} />
      {s('photo')}
      <input
        class="hidden-text"
        type="file"
        accept="image/*"
        capture="environment"
        data-test="photo"
        onChange={(event) => void read(event.currentTarget)}
      />
    </label>
  )
}
