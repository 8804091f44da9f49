/// The state of the server in a row of tiles: permits, capacity, store, waiting room, connections.
import type { ComponentChildren } from 'preact'
import { clockTime } from '../../i18n/time'
import { valueText } from '../../ui/line_chart'
import type { Figures } from './figures'
import { o } from '../text/overload'
import { measured, protectionText } from '../text/units'

function Tile({ title, value, detail, test }: { title: string; value: string; detail?: ComponentChildren; test: string }) {
  return (
    <section class="card tile" data-test={test}>
      <h2>{title}</h2>
      <p class="figure">{value}</p>
      <small class="quiet">{detail}</small>
    </section>
  )
}

function Connections({ open, limit, handshakes, parked }: Figures['connections']) {
  return (
    <section class="card tile" data-test="connections">
      <h2>{o('connections')}</h2>
      <p class="figure">{valueText(open)}</p>
      <meter min={0} max={limit} high={limit * 0.8} value={open} aria-label={o('connections')} />
      <small class="quiet">
        {o('connectionsDetail', { limit: valueText(limit), handshakes: valueText(handshakes), parked: valueText(parked) })}
      </small>
    </section>
  )
}

export function State({ figures }: { figures: Figures }) {
  const { permits, room, capacityPerS, completionsPerS, storeTimeMs, lagMs, connections, saturated } = figures
  return (
    <>
      <p class="quiet" data-test="overload-as-of">
        {o('asOf', { time: clockTime(Date.parse(figures.asOf)), node: figures.node ? o('node', { name: figures.node }) : '', protection: protectionText(figures.protection) })}
      </p>
      <div class="overview">
        <Tile
          test="capacity"
          title={o('capacity')}
          value={capacityPerS === null ? o('unknown') : (measured(capacityPerS, 'requests/s') ?? '')}
          detail={`${o('completions', { n: valueText(completionsPerS) })} · ${o(saturated ? 'saturated' : 'notSaturated')}`}
        />
        <Tile
          test="permits"
          title={o('permits')}
          value={`${permits.inUse} / ${permits.limit}`}
          detail={o('storeTime', { ms: valueText(storeTimeMs) })}
        />
        <Tile
          test="room"
          title={o('room')}
          value={o('waiting', { n: valueText(room.waiting) })}
          detail={`${o(room.paused ? 'roomPaused' : 'roomRate', { n: valueText(room.ratePerS) })} · ${o('flows', { n: valueText(room.flowsUnderWay) })}`}
        />
        <Connections {...connections} />
        <Tile test="lag" title={o('lag')} value={measured(lagMs, 'ms') ?? ''} detail={o('lagDetail')} />
      </div>
    </>
  )
}
