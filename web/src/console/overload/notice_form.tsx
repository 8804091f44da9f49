/// The notice that residents see on the code screen and while they wait: written in both languages, seen before it is posted.
import { useState } from 'preact/hooks'
import type { CityNotice } from '../../api/types'
import { dateTime } from '../../i18n/time'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { Select } from '../../ui/select'
import { useRequest } from '../request'
import { client } from '../session'
import { Confirm } from './confirm'
import { o } from '../text/overload'

type Level = CityNotice['level']
const LONGEST = 300

function Standing({ notice, onWithdraw }: { notice: CityNotice; onWithdraw: () => void }) {
  return (
    <div class="stack" data-test="standing-notice">
      <Notice tone={notice.level === 'warning' ? 'warn' : 'info'}>
        <p>{notice.zh}</p>
        <p lang="en">{notice.en}</p>
        <small class="quiet">{o('postedAt', { time: dateTime(Date.parse(notice.at)) })}</small>
      </Notice>
      <div class="buttons">
        <Button look="danger" onClick={onWithdraw} data-test="withdraw-notice">
          {o('withdraw')}
        </Button>
      </div>
    </div>
  )
}

function Preview({ zh, en, level }: { zh: string; en: string; level: Level }) {
  if (!zh.trim() && !en.trim()) return null
  return (
    <div class="stack">
      <small class="quiet">{o('preview')}</small>
      <Notice tone={level === 'warning' ? 'warn' : 'info'}>
        <p>{zh}</p>
        <p lang="en">{en}</p>
      </Notice>
    </div>
  )
}

export function NoticeForm({ notice, onChanged }: { notice: CityNotice | null; onChanged: (told: () => string) => void }) {
  const [zh, setZh] = useState('')
  const [en, setEn] = useState('')
  const [level, setLevel] = useState<Level>('info')
  const [withdrawing, setWithdrawing] = useState(false)
  const { busy, error, run } = useRequest()
  const submit = async (event: Event) => {
    event.preventDefault()
    const posted = await run(() => client.post('/v1/notices', { zh: zh.trim(), en: en.trim(), level }).then(() => true))
    if (!posted) return
    setZh('')
    setEn('')
    onChanged(() => o('noticePosted'))
  }
  const withdrawn = () => {
    setWithdrawing(false)
    onChanged(() => o('noticeWithdrawn'))
  }
  return (
    <section class="card stack">
      <h2>{o('notice')}</h2>
      {notice ? <Standing notice={notice} onWithdraw={() => setWithdrawing(true)} /> : <p class="quiet">{o('noNotice')}</p>}
      <form class="stack" onSubmit={(event) => void submit(event)} noValidate data-test="notice-form">
        <Field id="notice-zh" label={o('noticeZh')} value={zh} onValue={setZh} maxLength={LONGEST} />
        <Field id="notice-en" label={o('noticeEn')} value={en} onValue={setEn} maxLength={LONGEST} />
        <Select
          id="notice-level"
          label={o('level')}
          value={level}
          options={[
            ['info', o('levelInfo')],
            ['warning', o('levelWarning')],
          ]}
          onValue={setLevel}
        />
        <Preview zh={zh} en={en} level={level} />
        {error && <Notice tone="bad">{error}</Notice>}
        <Button type="submit" look="primary" busy={busy} disabled={!zh.trim() || !en.trim()} data-test="post-notice">
          {o('post')}
        </Button>
      </form>
      {withdrawing && (
        <Confirm title={o('withdraw')} yes={o('withdraw')} request={() => client.delete('/v1/notices')} onDone={withdrawn} onClose={() => setWithdrawing(false)}>
          {o('withdrawAsk')}
        </Confirm>
      )}
    </section>
  )
}
