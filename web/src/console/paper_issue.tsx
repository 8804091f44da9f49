/// Issues a paper code for somebody without a phone and prints it.
import { useState } from 'preact/hooks'
import type { PaperCode, ServerInfo } from '../api/types'
import { pick } from '../i18n/lang'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import { PaperSheet } from '../ui/paper_sheet'
import { useRequest } from './request'
import { client } from './session'
import { c } from './text/console'

export function PaperIssue({ personId, purpose }: { personId: string; purpose: string }) {
  const [issued, setIssued] = useState<{ paper: PaperCode; city: ServerInfo['city'] } | null>(null)
  const { busy, error, run } = useRequest()
  const issue = async () => {
    const done = await run(async () => ({
      paper: await client.post<PaperCode>(`/v1/people/${personId}/paper-codes`, { purpose }),
      city: (await client.get<ServerInfo>('/v1/server')).city,
    }))
    if (done) setIssued(done)
  }
  return (
    <section class="stack">
      <div class="buttons no-print">
        <Button busy={busy} onClick={() => void issue()} data-test="issue-paper">
          {c('issuePaper')}
        </Button>
        {issued && (
          <Button look="primary" onClick={() => print()} data-test="print">
            {c('print')}
          </Button>
        )}
      </div>
      {error && <Notice tone="bad">{error}</Notice>}
      {issued && (
        <div class="paper">
          <PaperSheet paper={issued.paper} city={pick(issued.city.nameZh, issued.city.nameEn)} />
        </div>
      )}
    </section>
  )
}
