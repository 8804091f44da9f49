/// When each area is tested: as in the notice, and what was changed or extended since.
import { Table } from '../../ui/table'
import { when } from '../health'
import { k } from '../text/campaigns'
import { placeName } from './place_names'
import type { CampaignFile, Refinement } from './shapes'
import { localWindows, windowsWords } from './windows'

export function Schedule({ file }: { file: CampaignFile }) {
  const newestFirst = [...file.refinements].sort((a, b) => b.number - a.number)
  const scopeOf = ({ scope, scopeName }: Refinement) => `${scopeName} · ${k(`scope-${scope.kind}`)}`
  return (
    <section class="card stack">
      <h2>{k('refinements')}</h2>
      <Table
        label={k('refinements')}
        empty={k('noRefinements')}
        heads={[k('scopeKind'), k('windows'), k('refinedBy')]}
        rows={newestFirst.map((each) => ({
          key: each.number,
          cells: [scopeOf(each), windowsWords(localWindows(each.windows)), k('byAt', { name: each.by.name, time: when(each.by.at) })],
        }))}
      />
      <h2>{k('schedule')}</h2>
      <Table
        label={k('schedule')}
        empty={k('nothing')}
        heads={[k('area'), `${k('windows')} (${k('asNotice')})`]}
        rows={file.areas.map(({ area, nameZh, windows }, i) => ({ key: i, cells: [placeName({ code: area.code ?? area.zone, nameZh }), windowsWords(localWindows(windows))] }))}
      />
    </section>
  )
}
