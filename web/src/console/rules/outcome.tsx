/// What rules would do: how many people change colour, from what to what, for which reason, in which district.
import { pick } from '../../i18n/lang'
import { Notice } from '../../ui/notice'
import { Table } from '../../ui/table'
import { count, percent } from '../campaigns/figures'
import { placeName } from '../campaigns/place_names'
import { ColourBadge, when } from '../health'
import { r, reasonWords } from '../text/rules'
import type { RulesPreview } from './shapes'

const share = (part: number, whole: number) => percent(whole > 0 ? part / whole : 0)

function Sentence({ preview: { people, recoloured, released, asOf, part, note, noteZh } }: { preview: RulesPreview }) {
  return (
    <Notice tone={recoloured > 0 ? 'warn' : 'good'}>
      <p class="scope" data-test="recoloured">
        {recoloured > 0 ? r('recoloured', { n: count(recoloured), share: share(recoloured, people), people: count(people) }) : r('nobody', { people: count(people) })}
      </p>
      {Boolean(released) && <p data-test="released">{r('released', { n: count(released) })}</p>}
      {part && <p>{r('part', { part })}</p>}
      {note && <p>{pick(noteZh, note)}</p>}
      <p class="quiet">
        {asOf && `${r('countedAt', { time: when(asOf) })} · `}
        {r('harmless')}
      </p>
    </Notice>
  )
}

export function Outcome({ preview }: { preview: RulesPreview }) {
  const { recoloured, changes, reasons, districts } = preview
  return (
    <div class="stack" data-test="rules-outcome">
      <Sentence preview={preview} />
      <div class="halves">
        <section class="card stack">
          <h2>{r('changes')}</h2>
          <Table
            label={r('changes')}
            empty={r('nothing')}
            heads={[r('from'), r('to'), r('people')]}
            rows={changes.map(({ from, to, people }) => ({ key: `${from}-${to}`, cells: [<ColourBadge colour={from} />, <ColourBadge colour={to} />, count(people)] }))}
          />
        </section>
        <section class="card stack">
          <h2>{r('districts')}</h2>
          <Table
            label={r('districts')}
            empty={r('nothing')}
            heads={[r('district'), r('people'), r('share')]}
            rows={[...districts]
              .sort((a, b) => b.people - a.people)
              .map((each) => ({ key: each.code, cells: [placeName(each), count(each.people), share(each.people, recoloured)] }))}
          />
        </section>
      </div>
      <section class="card stack">
        <h2>{r('reasons')}</h2>
        <Table
          label={r('reasons')}
          empty={r('nothing')}
          heads={[r('reason'), r('from'), r('to'), r('people')]}
          rows={reasons.map(({ code, from, to, people }) => ({ key: `${code}-${from}-${to}`, cells: [reasonWords(code), r(from), r(to), count(people)] }))}
        />
      </section>
    </div>
  )
}
