/// One field for a handheld scanner: it types the barcode and presses Enter; the field is ready for the next at once.
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { readBarcode } from '../../ui/barcode'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { g } from '../text/sampling'

interface Props {
  id: string
  label: string
  button: string
  busy?: boolean
  /** Takes a barcode; answers why it does not, or null. */
  onScan: (code: string) => string | null
  test: string
  /** The hands are at the scanner: ready without a click. */
  isFocused?: boolean
  /** Stands before the field. */
  children?: ComponentChildren
}

export function ScanForm({ id, label, button, busy = false, onScan, test, isFocused = false, children }: Props) {
  const [typed, setTyped] = useState('')
  const [error, setError] = useState('')
  useEffect(() => {
    if (isFocused) document.getElementById(id)?.focus()
  }, [])
  const submit = (event: Event) => {
    event.preventDefault()
    const read = readBarcode(typed)
    const isCode = 'barcode' in read
    const refused = isCode ? onScan(read.barcode) : g(`barcode-${read.error}`)
    setError(refused ?? '')
    // What is no barcode stays to be seen, and selected, so that the next scan takes its place.
    setTyped(isCode ? '' : typed)
    const field = document.getElementById(id) as HTMLInputElement | null
    field?.focus()
    field?.select()
  }
  return (
    <form class="row scan" onSubmit={submit} noValidate data-test={test}>
      {children}
      <Field id={id} label={label} hint={g('tubeHint')} value={typed} onValue={setTyped} error={error} maxLength={40} autocomplete="off" autocapitalize="characters" />
      <Button type="submit" look="primary" busy={busy} disabled={!typed.trim()}>
        {button}
      </Button>
    </form>
  )
}
