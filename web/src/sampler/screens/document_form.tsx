/// "I scan you": name and number, two fields; a card reader or handheld scanner may type either.
import { useState } from 'preact/hooks'
import { cityDate } from '../../i18n/time'
import type { DocumentKind } from '../../api/types'
import { Button } from '../../ui/button'
import { now } from '../../ui/clock'
import { Dialog } from '../../ui/dialog'
import { DOCUMENT_KINDS, documentKind } from '../../ui/document_kind'
import { Field } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { canonicalNumber } from '../../ui/resident_id'
import { Select } from '../../ui/select'
import { birthDateOf, documentError } from '../rules/document'
import { canonicalName, nameError } from '../rules/name'
import { t } from '../text/table'

export interface Filled {
  readonly kind: DocumentKind
  readonly number: string
  readonly name: string
  readonly scanned: boolean
}

interface Props {
  start: Filled
  nameNeeded: boolean
  /** What the button does. */
  action: string
  onSubmit: (filled: Filled) => void
  onClose: () => void
}

/** So many characters within this time were not typed by a hand. */
const [LEAST, SCAN_MS] = [8, 700]

/** Tells by the keys' speed whether a reader filled the field. */
function useScanned(before: boolean): { scanned: boolean; typed: (number: string, atMs: number) => void } {
  const [state, setState] = useState({ scanned: before, length: 0, fromMs: 0 })
  return {
    scanned: state.scanned,
    typed: (number, atMs) => {
      const length = canonicalNumber(number).length
      const anew = length <= 1 || state.length === 0
      const fromMs = anew ? atMs : state.fromMs
      setState({ length, fromMs, scanned: length >= LEAST && atMs - fromMs < SCAN_MS })
    },
  }
}

export function DocumentForm({ start, nameNeeded, action, onSubmit, onClose }: Props) {
  const [kind, setKind] = useState<DocumentKind>(start.kind)
  const [number, setNumber] = useState(start.number)
  const [name, setName] = useState(start.name)
  const [tried, setTried] = useState(false)
  const { scanned, typed } = useScanned(start.scanned)
  const today = cityDate(now.value)
  const wrong = documentError({ kind, number }, today)
  const badName = nameError(name) ?? (nameNeeded && !canonicalName(name) ? 'needed' : null)
  const birth = wrong === null ? birthDateOf({ kind, number }) : null
  // A number is wrong only when it is complete: nobody wants to be told off at the third digit.
  const complete = tried || (kind === 'resident-id' && canonicalNumber(number).length >= 18)
  const submit = () => {
    setTried(true)
    if (wrong === null && badName === null) onSubmit({ kind, number, name, scanned })
  }
  return (
    <Dialog title={t('formTitle')} onClose={onClose}>
      <form class="stack" onSubmit={(event) => (event.preventDefault(), submit())} data-test="document-form">
        <p class="quiet">{t('formIntro')}</p>
        <Select
          id="document-kind"
          label={t('kind')}
          value={kind}
          options={DOCUMENT_KINDS.map((each) => [each, documentKind(each)] as const)}
          onValue={setKind}
        />
        <Field
          id="document-number"
          label={t('number')}
          value={number}
          onValue={(value) => (setNumber(value), typed(value, performance.now()))}
          autocomplete="off"
          autocapitalize="characters"
          maxLength={24}
          hint={t('numberHint')}
          error={complete && wrong ? t(`document-${wrong}`, { n: canonicalNumber(number).length }) : null}
        />
        {birth && <Notice>{t('birth', { date: birth })}</Notice>}
        <Field
          id="person-name"
          label={t('name')}
          value={name}
          onValue={setName}
          autocomplete="off"
          maxLength={80}
          hint={nameNeeded ? null : t('nameHint')}
          error={badName === 'needed' ? t('nameNeeded') : badName && t(`name-${badName}`)}
        />
        <Button look="primary" type="submit" data-test="add-person">
          {action}
        </Button>
        <Button onClick={onClose} data-test="close-form">
          {t('cancel')}
        </Button>
      </form>
    </Dialog>
  )
}
