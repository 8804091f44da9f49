/// One field for a handheld scanner: it types the barcode and presses Enter; the field is ready for the next at once.
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'
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
  // Before anything is painted: what is scanned at once belongs into the field.
  useLayoutEffect(() => {
    if (isFocused) document.getElementById(id)?.focus()
  }, [])
  const submit = (event: Event) => {
    event.preventDefault()
    const field = document.getElementById(id) as HTMLInputElement | null
    // A scanner presses Enter before what it typed is drawn: only the field has all of it.
    const text = field?.value ?? typed
    if (!text.trim()) return
    const read = readBarcode(text)
    const isCode = 'barcode' in read
    const refused = isCode ? onScan(read.barcode) : g(`barcode-${read.error}`)
    setError(refused ?? '')
    // What is no barcode stays to be seen, and selected, so that the next scan takes its place.
    setTyped(isCode ? '' : text)
    field?.focus()
    field?.select()
  }
  return (
    <form class="row scan" onSubmit={submit} noValidate data-test={test}>
      {children}
      <Field id={id} label={label} hint={g('tubeHint')} value={typed} onValue={setTyped} error={error} maxLength={40} autocomplete="off" autocapitalize="characters" />
      <Button type="submit" look="primary" busy={busy}>
        {button}
      </Button>
    </form>
  )
}
