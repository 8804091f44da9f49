/// A whole personal file. Opening it is a separate press, because it is recorded.
import { useState } from 'preact/hooks'
import type { PersonFile, ResultOnFile } from '../api/types'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import { Table } from '../ui/table'
import { ColourBadge, Facts, Outcome, Reasons, vaccineText, when } from './health'
import { useRequest } from './request'
import { client } from './session'
import { c, word } from './text/console'

/** The outcome, and what it was before the lab corrected it. */
function FileOutcome({ result }: { result: ResultOnFile }) {
  const { corrected } = result
  return (
    <>
      <Outcome result={result} />
      {corrected && (
        <>
          <br />
          <small data-test="corrected">
            {c('corrected', { time: when(corrected.at), former: word(corrected.formerOutcome) })}
          </small>
        </>
      )}
    </>
  )
}

function File({ file }: { file: PersonFile }) {
  return (
    <section class="card stack" data-test="person-file">
      <h2>{c('file')}</h2>
      <Facts
        rows={[
          [c('fullName'), file.name],
          [c('kind'), word(file.documentKind)],
          [c('number'), file.documentNumber],
          [c('phone'), file.phone ?? '—'],
          [c('birthDate'), file.birthDate ?? '—'],
          [c('nationality'), file.nationality],
          [c('community'), file.communityId ?? '—'],
          [c('household'), file.householdId ?? '—'],
          [c('registered'), when(file.registeredAt)],
          [c('colour'), <ColourBadge colour={file.colour} />],
          [c('reasons'), <Reasons items={file.reasons} />],
          [c('vaccine'), vaccineText(file.vaccine)],
        ]}
      />
      <h3>{c('history')}</h3>
      <Table
        label={c('history')}
        empty={c('nothing')}
        heads={[c('outcome'), c('sampled'), c('received'), c('reported'), c('tube'), c('method'), c('institution')]}
        rows={file.results.map((result, i) => ({
          key: i,
          cells: [
            <FileOutcome result={result} />,
            when(result.sampled),
            when(result.received),
            when(result.reported),
            word(result.tube),
            word(result.method),
            result.institution,
          ],
        }))}
      />
    </section>
  )
}

export function PersonFilePanel({ personId, purpose }: { personId: string; purpose: string }) {
  const [file, setFile] = useState<PersonFile | null>(null)
  const { busy, error, run } = useRequest()
  const path = `/v1/people/${personId}?purpose=${encodeURIComponent(purpose)}`
  const open = async () => setFile(await run(() => client.get<PersonFile>(path)))
  return (
    <div class="stack no-print">
      {!file && (
        <div class="buttons">
          <Button busy={busy} onClick={() => void open()} data-test="open-file">
            {c('openFile')}
          </Button>
        </div>
      )}
      {error && <Notice tone="bad">{error}</Notice>}
      {file && <File file={file} />}
    </div>
  )
}
