/// Looking somebody up by identity document, for people without a phone or code.
import { useState } from 'preact/hooks'
import { Problem } from '../api/problem'
import type { DocumentKind } from '../api/types'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { DOCUMENT_KINDS, documentKind } from '../ui/document_kind'
import { Field } from '../ui/field'
import { Notice } from '../ui/notice'
import { Select } from '../ui/select'
import type { Gate } from './gate'
import { t } from './texts'

export function DocumentSheet({ gate, onClose }: { gate: Gate; onClose: () => void }) {
  const [kind, setKind] = useState<DocumentKind>('resident-id')
  const [number, setNumber] = useState('')
  const [purpose, setPurpose] = useState(t('purposeDefault'))
  const [problem, setProblem] = useState<{ field: string | null; text: string } | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    setProblem(null)
    try {
      await gate.checkDocument({ document: { kind, number }, purpose })
      onClose()
    } catch (failure) {
      const known = failure instanceof Problem
      setProblem({
        field: known ? (failure.document.field ?? null) : null,
        text: known ? failure.text : t('unreachable'),
      })
      setBusy(false)
    }
  }
  const aboutNumber = problem?.field?.startsWith('document') ?? false
  return (
    <Dialog title={t('idTitle')} onClose={onClose}>
      <form class="stack" onSubmit={(event) => (event.preventDefault(), void submit())}>
        <p class="quiet">{t('idIntro')}</p>
        {problem && !aboutNumber && (
          <Notice tone="bad" role="alert">
            {problem.text}
          </Notice>
        )}
        <Select
          id="document-kind"
          label={t('documentKind')}
          value={kind}
          options={DOCUMENT_KINDS.map((each) => [each, documentKind(each)] as const)}
          onValue={setKind}
        />
        <Field
          id="document-number"
          label={t('number')}
          value={number}
          onValue={setNumber}
          error={aboutNumber ? problem?.text : null}
          autocomplete="off"
        />
        <Field id="purpose" label={t('purpose')} value={purpose} onValue={setPurpose} />
        <div class="sheet-actions">
          <Button onClick={onClose}>{t('close')}</Button>
          <Button look="primary" type="submit" busy={busy} data-test="check-document">
            {t('check')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
