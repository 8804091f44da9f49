/// One campaign: its course, its people and progress, its document.
import { useEffect, useState } from 'preact/hooks'
import { pick } from '../../i18n/lang'
import type { Staff } from '../../api/types'
import { useSuccession } from '../../ui/arrival'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { Tabs } from '../../ui/tabs'
import { when } from '../health'
import { useRequest } from '../request'
import { client } from '../session'
import { k } from '../text/campaigns'
import { Course } from './course'
import { CoverageView } from './coverage_view'
import { unsavedOf } from './desk'
import { Editor } from './editor'
import { EVERY_MS } from './live'
import { Remarks } from './remarks'
import { nameOf } from './sentences'
import type { CampaignFile } from './shapes'
import { StateBadge } from './state_badge'
import { isUnderWay } from './steps'

type Part = 'course' | 'coverage' | 'document'

function Head({ file, onClose }: { file: CampaignFile; onClose: () => void }) {
  const heading = useSuccession<HTMLHeadingElement>()
  return (
    <section class="card stack">
      <div class="head">
        <h2 ref={heading} tabIndex={-1} data-test="campaign-name">
          {nameOf(file)}
        </h2>
        <StateBadge campaign={file} />
        <Button onClick={onClose} data-test="back-to-list">
          {k('back')}
        </Button>
      </div>
      <p class="quiet">
        {file.id} · {k('version', { version: file.version })} · {when(file.from)} – {when(file.to)} · {k('areasCount', { n: file.areas.length })}
      </p>
      <p>
        {k('basis')}: {pick(file.basisZh, file.basisEn)}
      </p>
      {Boolean(file.notes?.length) && (
        <Notice>
          <Remarks notes={file.notes} />
        </Notice>
      )}
    </section>
  )
}

/** The file, read anew while the server is at work on it. */
function useFile(number: number) {
  const [file, setFile] = useState<CampaignFile | null>(null)
  const { error, run } = useRequest()
  const reload = async () => {
    const next = await run(() => client.get<CampaignFile>(`/v1/campaigns/${number}`))
    if (next) setFile(next)
    return next
  }
  useEffect(() => void reload(), [number])
  const isBusy = file !== null && isUnderWay(file)
  useEffect(() => {
    if (!isBusy) return undefined
    const timer = setInterval(() => void (document.visibilityState === 'visible' && reload()), EVERY_MS)
    return () => clearInterval(timer)
  }, [isBusy, number])
  return { file, error, reload, setFile }
}

export function CampaignView({ number, staff, onClose }: { number: number; staff: Staff; onClose: () => void }) {
  const [part, setPart] = useState<Part>('course')
  const [isEditing, setEditing] = useState(() => unsavedOf(number) !== undefined)
  const { file, error, reload, setFile } = useFile(number)
  if (!file) return error ? <Notice tone="bad">{error}</Notice> : <p class="loading">{k('loading')}</p>
  if (isEditing) {
    const saved = (next: CampaignFile) => {
      setFile(next)
      setEditing(false)
    }
    return <Editor text={file.document} file={file} reload={reload} onSaved={saved} onClose={() => setEditing(false)} />
  }
  const parts = (['course', 'coverage', 'document'] as const).map((each) => [each, k(each)] as const)
  return (
    <div class="stack campaign" data-test="campaign">
      <Head file={file} onClose={onClose} />
      {error && <Notice tone="bad">{error}</Notice>}
      <Tabs label={nameOf(file)} value={part} items={parts} onValue={setPart} />
      {part === 'course' && <Course file={file} staff={staff} onFile={setFile} reload={reload} onEdit={() => setEditing(true)} />}
      {part === 'coverage' && <CoverageView file={file} />}
      {part === 'document' && (
        <section class="card stack">
          <pre class="document" role="region" tabIndex={0} aria-label={k('document')} data-test="document-text">
            {file.document}
          </pre>
        </section>
      )}
    </div>
  )
}
