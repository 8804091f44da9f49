/// The certificate in the form of an EU digital COVID certificate: to look at, copy, or save as text or picture.
import { useRef, useState } from 'preact/hooks'
import type { Proof } from '../../api/resident'
import { cityDate } from '../../i18n/time'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { p } from '../text/proof'
import { PROOF_ECC } from './proof_sheet'
import { qrPng, qrSvg, saveFile } from './qr_image'

export function CertificateExport({ proof }: { proof: Proof }) {
  const field = useRef<HTMLTextAreaElement>(null)
  const [said, setSaid] = useState('')
  const { certificate, result } = proof
  const name = `test-${cityDate(Date.parse(result.sampled))}`
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(certificate)
      setSaid(p('copied'))
    } catch {
      // Some embedded browsers forbid the clipboard: the text is selected, the person copies it.
      field.current?.select()
      setSaid(p('selected'))
    }
  }
  const savePng = async () => {
    try {
      saveFile(await qrPng(certificate, PROOF_ECC), `${name}.png`)
      setSaid('')
    } catch {
      setSaid(p('noPicture'))
    }
  }
  return (
    <details class="card export no-print" data-test="export">
      <summary>{p('export')}</summary>
      <div class="stack">
        <p class="quiet">{p('exportHint')}</p>
        <div class="field">
          <label for="certificate-text">{p('certificateText')}</label>
          <textarea ref={field} id="certificate-text" rows={6} readOnly value={certificate} onFocus={(event) => event.currentTarget.select()} />
        </div>
        <div class="export-buttons">
          <Button onClick={() => void copy()} data-test="copy-certificate">
            {p('copy')}
          </Button>
          <Button onClick={() => saveFile(new Blob([certificate], { type: 'text/plain' }), `${name}.txt`)} data-test="save-text">
            {p('saveText')}
          </Button>
          <Button onClick={() => void savePng()} data-test="save-png">
            {p('savePng')}
          </Button>
          <Button onClick={() => saveFile(new Blob([qrSvg(certificate, PROOF_ECC)], { type: 'image/svg+xml' }), `${name}.svg`)} data-test="save-svg">
            {p('saveSvg')}
          </Button>
        </div>
        <div aria-live="polite">{said && <Notice>{said}</Notice>}</div>
      </div>
    </details>
  )
}
