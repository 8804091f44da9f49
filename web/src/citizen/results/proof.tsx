/// One result as an official proof: from this device first, then from the server; print it, save it, export it.
import { useEffect, useState } from 'preact/hooks'
import { Problem } from '../../api/problem'
import { dayTime } from '../../i18n/time'
import { Button } from '../../ui/button'
import '../../ui/form.css'
import { Notice } from '../../ui/notice'
import { useValue } from '../../ui/value'
import { askingText } from '../asking'
import type { KeptProof } from '../memory'
import { route } from '../route'
import { cityNow, holding, session } from '../state'
import { t } from '../text/code'
import { p } from '../text/proof'
import { CertificateExport } from './certificate_export'
import { isFresh, isKept, KEEP_HOURS, keptProof, loadProof } from './proofs'
import { ProofSheet } from './proof_sheet'

interface State {
  shown: KeptProof | null
  /** Why there is no newer answer; empty if there is one, or while it is on its way. */
  failed: string
  /** Asks again. */
  again: () => void
}

/** Refusals that say there is no proof, so that a copy must not be shown either. */
const isNone = (error: unknown) => error instanceof Problem && [404, 409, 410].includes(error.status)

function useProof(id: string): State {
  const [shown, setShown] = useState<KeptProof | null>(null)
  const [failed, setFailed] = useState('')
  const [attempt, setAttempt] = useState(0)
  const holder = useValue(session)
  // Another tab may have logged out, or somebody else in: their screen must not show the last holder's.
  useEffect(() => setShown(null), [holder])
  useEffect(() => {
    let left = false
    const show = async () => {
      const kept = await keptProof(id)
      if (left) return
      setShown(kept)
      if (kept && isFresh(kept, Date.now()) && attempt === 0) return
      try {
        const loaded = await loadProof(id)
        if (!left) setShown(loaded)
      } catch (error) {
        if (left) return
        if (isNone(error)) setShown(null)
        setFailed(askingText(error))
      }
    }
    setFailed('')
    void show()
    return () => {
      left = true
    }
  }, [id, attempt, holder])
  return { shown, failed, again: () => setAttempt((n) => n + 1) }
}

/** Where this copy is, and for how long. */
function Keeping({ kept, failed }: { kept: KeptProof; failed: string }) {
  const reference = useValue(holding)?.code.clockReference ?? 'sampled'
  const hours = KEEP_HOURS
  if (!isKept(kept.proof, reference, cityNow())) return <p class="quiet no-print">{p('notKept', { hours })}</p>
  return (
    <div class="no-print" data-test="proof-kept" data-offline={failed !== ''}>
      {failed ? (
        <Notice tone="warn">{p('offline', { why: failed, time: dayTime(kept.loadedAtMs), hours })}</Notice>
      ) : (
        <p class="quiet">{p('kept', { hours })}</p>
      )}
    </div>
  )
}

export default function ProofScreen() {
  const { item } = useValue(route)
  const { shown, failed, again } = useProof(item ?? '')
  if (!shown) {
    if (!failed) return <p class="loading">{t('open')}</p>
    return (
      <Notice tone="warn" role="alert">
        <p data-test="proof-failed">{p('none', { why: failed })}</p>
        <Button onClick={again}>{t('retry')}</Button>
      </Notice>
    )
  }
  return (
    <>
      <Keeping kept={shown} failed={failed} />
      <ProofSheet proof={shown.proof} />
      <div class="stack no-print">
        <Button look="primary" onClick={() => print()} data-test="print">
          {p('print')}
        </Button>
        <p class="quiet">{p('printHint')}</p>
      </div>
      <CertificateExport proof={shown.proof} />
    </>
  )
}
