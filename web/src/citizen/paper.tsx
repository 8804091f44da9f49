/// Makes a paper code for the holder or a relative and prints it.
import { useEffect, useState } from 'preact/hooks'
import type { PaperCode } from '../api/types'
import { pick } from '../i18n/lang'
import { Button } from '../ui/button'
import '../ui/form.css'
import { Notice } from '../ui/notice'
import { PaperSheet } from '../ui/paper_sheet'
import { Select } from '../ui/select'
import { useValue } from '../ui/value'
import { loadRelatives, relatives } from './relatives_list'
import { relationText } from './relation'
import { holding, server } from './state'
import { useSubmission } from './submission'
import { g } from './text/family'

const SELF = 'self'

export default function Paper() {
  const [whose, setWhose] = useState(SELF)
  const [paper, setPaper] = useState<PaperCode | null>(null)
  const { busy, error, send } = useSubmission<PaperCode>('/v1/paper-codes', [])
  const city = useValue(server)?.city
  const items = useValue(relatives) ?? []
  const own = useValue(holding)?.code.name ?? ''
  useEffect(() => void loadRelatives(), [])
  const make = async () => setPaper(await send(whose === SELF ? {} : { personId: whose }))
  const options = [
    [SELF, `${g('self')} ${own}`] as const,
    ...items.map(({ personId, relation, code }) => [personId, `${relationText(relation)} ${code.name}`] as const),
  ]
  return (
    <>
      <div class="card stack no-print">
        <h2>{g('paperTitle')}</h2>
        <p class="quiet">{g('paperRule')}</p>
        <Select id="whose" label={g('paperFor')} value={whose} options={options} onValue={setWhose} />
        {error && (
          <Notice tone="bad" role="alert">
            {error}
          </Notice>
        )}
        <Button look={paper ? 'plain' : 'primary'} busy={busy} onClick={() => void make()} data-test="make-paper">
          {g('make')}
        </Button>
        {paper && (
          <Button look="primary" onClick={() => print()} data-test="print">
            {g('print')}
          </Button>
        )}
      </div>
      {paper && <PaperSheet paper={paper} city={city ? pick(city.nameZh, city.nameEn) : ''} />}
    </>
  )
}
