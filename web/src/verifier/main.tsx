/// Entry of the verifier page: opens what the device holds, then scans; the network comes last.
import { render } from 'preact'
import { registerServiceWorker } from '../offline/register'
import { unlockSoundOnTouch } from '../scanner/tones'
import { keepInSync } from '../trust/keep_in_sync'
import { applyComfort } from '../ui/comfort'
import '../ui/badge.css'
import '../ui/base.css'
import '../ui/form.css'
import '../ui/list.css'
import { App } from './app'
import { Gate } from './gate'
import { openStore } from './store'
import './verifier.css'

applyComfort()
unlockSoundOnTouch()

/** What the device holds is read before anything is drawn: the first scan must already be judged by it. */
async function start(): Promise<void> {
  const gate = new Gate(await openStore(), { nowMs: Date.now, random: Math.random })
  await gate.load()
  const root = document.getElementById('app')
  if (root) render(<App gate={gate} />, root)
  const { trust, queue } = gate
  keepInSync({ trust, mayBeSent: () => queue.waiting.value > 0 && !gate.loggedOut.value, send: () => queue.sync() })
}

void start()
void registerServiceWorker('verifier', '/verifier')
