/// Below the code card: why, test, vaccine, and everything else a resident can open.
import { useState } from 'preact/hooks'
import { Icon } from '../ui/icon'
import { CALENDAR, FORM, HISTORY, LEAVE, PAPER, PEOPLE, PHONE } from '../ui/icon_paths'
import { Line, List } from '../ui/list'
import './below_code.css'
import { Freshness, Notices } from './freshness'
import { Facts, Why } from './health_facts'
import { lazy } from './lazy'
import type { Holding } from './memory'
import { go } from './route'
import { RoundCard } from './schedule/round_card'
import { h } from './text/facts'

const LogOut = lazy<{ onClose: () => void }>(() => import('./log_out'))

function Hotline() {
  return (
    <li>
      <a class="line" href="tel:12345">
        <Icon path={PHONE} />
        <span class="line-text">
          <span>{h('hotline')}</span>
          <small>{h('hotlineHint')}</small>
        </span>
        <Icon name="next" />
      </a>
    </li>
  )
}

function Menu() {
  const [leaving, setLeaving] = useState(false)
  return (
    <>
      <List>
        <Line icon={PEOPLE} title={h('relatives')} detail={h('relativesHint')} onPress={() => go('relatives')} test="open-relatives" />
        <Line icon={PAPER} title={h('paper')} detail={h('paperHint')} onPress={() => go('paper')} test="open-paper" />
        <Line icon={CALENDAR} title={h('schedule')} detail={h('scheduleHint')} onPress={() => go('schedule')} test="open-schedule" />
        <Line icon={FORM} title={h('declare')} detail={h('declareHint')} onPress={() => go('declare')} test="open-declare" />
        <Line icon={HISTORY} title={h('history')} detail={h('historyHint')} onPress={() => go('history')} test="open-history" />
        <Hotline />
        <Line icon={LEAVE} title={h('logout')} onPress={() => setLeaving(true)} test="logout" />
      </List>
      {leaving && <LogOut onClose={() => setLeaving(false)} />}
    </>
  )
}

export default function BelowCode({ held }: { held: Holding }) {
  return (
    <>
      <RoundCard />
      <Notices />
      <Freshness held={held} />
      <Why code={held.code} />
      <Facts code={held.code} />
      <Menu />
      <p class="quiet">{h('notOnly')}</p>
    </>
  )
}
