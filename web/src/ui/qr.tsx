/// QR code as one vector path: sharp on every screen and on paper.
import { encode } from 'uqr'
import { useLayoutEffect, useRef } from 'preact/hooks'

/** Modules of white around the code; the standard asks for four. */
export const QUIET = 4

/** How much of the symbol may be lost: about 15 % or 25 %. */
export type Ecc = 'M' | 'Q'

/** SVG path of all dark modules (runs joined per row) and the side length in modules, quiet zone included. */
export function qrPath(text: string, ecc: Ecc = 'M'): { path: string; side: number; version: number } {
  const { data, size, version } = encode(text, { ecc, border: 0 })
  let path = ''
  data.forEach((row, y) => {
    for (let x = 0; x < size; x += 1) {
      let run = 0
      while (row[x + run]) run += 1
      if (run) path += `M${x + QUIET} ${y + QUIET}h${run}v1h-${run}z`
      x += run
    }
  })
  return { path, side: size + 2 * QUIET, version }
}

/** Largest side in CSS pixels that fits `available` and gives every module the same number of device pixels. */
export function snappedSide(available: number, side: number, pixelRatio: number): number {
  const perModule = Math.max(1, Math.floor((available * pixelRatio) / side))
  return (perModule * side) / pixelRatio
}

/** Draws `text`; `label` says to a screen reader what it is. */
export function Qr({ text, label, ecc = 'M' }: { text: string; label: string; ecc?: Ecc }) {
  const { path, side, version } = qrPath(text, ecc)
  const svg = useRef<SVGSVGElement>(null)
  useLayoutEffect(() => {
    const fit = () => {
      const box = svg.current?.parentElement
      if (!svg.current || !box) return
      svg.current.style.width = `${snappedSide(box.clientWidth, side, devicePixelRatio || 1)}px`
    }
    fit()
    addEventListener('resize', fit)
    return () => removeEventListener('resize', fit)
  }, [side])
  return (
    <div class="qr">
      <svg ref={svg} viewBox={`0 0 ${side} ${side}`} role="img" aria-label={label} data-test="qr" data-version={version}>
        <path d={path} fill="#0b0b0b" shape-rendering="crispEdges" />
      </svg>
    </div>
  )
}
