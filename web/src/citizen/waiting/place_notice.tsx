/// One line on the code screen for somebody who waits for something else: the code comes first.
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { useValue } from '../../ui/value'
import { go } from '../route'
import { w } from '../text/waiting'
import { currentRoom, room } from './room'
import { peopleText, rangeText } from './words'

export default function PlaceNotice() {
  useValue(room)
  const known = currentRoom()
  if (!known) return null
  const { ahead, eta } = known.shown
  const values = { n: peopleText(ahead), range: eta ? rangeText(eta) : '' }
  const called = known.calledAtMs !== null
  return (
    <Notice tone={called ? 'good' : 'info'}>
      <div class="freshness" data-test="place-notice">
        <span>{called ? w('called') : w(eta ? 'banner' : 'bannerPlain', values)}</span>
        <Button look={called ? 'primary' : 'plain'} onClick={() => go('wait')} data-test="open-waiting">
          {called ? w('goOn') : w('open')}
        </Button>
      </div>
    </Notice>
  )
}
