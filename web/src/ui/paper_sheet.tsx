/// The sheet of a paper code, the same on the citizen's page and on the console.
import { fill, lang } from '../i18n/lang'
import { dateTime } from '../i18n/time'
import type { PaperCode } from '../api/types'
import { Qr } from './qr'
import { dictionary } from './text/paper'
import './paper.css'

/** Both languages on one sheet: the gatekeeper's may not be the holder's. */
function both(key: keyof typeof dictionary.zh, values?: Record<string, string>): string {
  const [first, second] = lang.value === 'zh' ? (['zh', 'en'] as const) : (['en', 'zh'] as const)
  return `${fill(dictionary[first][key], values)} / ${fill(dictionary[second][key], values)}`
}

/** `city` is the city's name in the page's language, or empty. */
export function PaperSheet({ paper, city }: { paper: PaperCode; city: string }) {
  const { zh, en } = dictionary
  const head = lang.value === 'zh' ? zh : en
  return (
    <section class="sheet" data-test="paper-sheet">
      <h2>{city ? fill(head.head, { city }) : head.headNoCity}</h2>
      <Qr text={paper.text} label={fill(head.label, { name: paper.name })} />
      <dl>
        <dt>{both('name')}</dt>
        <dd>{paper.name}</dd>
        <dt>{both('tail')}</dt>
        <dd>{paper.documentTail}</dd>
        <dt>{both('issued')}</dt>
        <dd>{dateTime(Date.parse(paper.issuedAt))}</dd>
        <dt>{both('until')}</dt>
        <dd data-test="paper-until">{dateTime(Date.parse(paper.expiresAt))}</dd>
      </dl>
      <p class="check">{zh.check}</p>
      <p class="check" lang="en">
        {en.check}
      </p>
      <small>{both('number', { id: paper.paperId })}</small>
    </section>
  )
}
