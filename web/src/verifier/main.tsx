/// Entry of the verifier page: opens what the device holds, then scans; the network comes last.
import { render } from 'preact'
import { registerServiceWorker } from '../offline/register'
import { applyComfort } from '../ui/comfort'
import '../ui/badge.css'
import '../ui/base.css'
import '../ui/form.css'
import '../ui/list.css'
import { unlockSound } from './alarm'
import { App } from './app'
import { Gate } from './gate'
import { keepInSync } from './sync'
import { openStore } from './store'
import './verifier.css'

applyComfort()
addEventListener('pointerdown', unlockSound, { once: true })
addEventListener('keydown', unlockSound, { once: true })

/** What the device holds is read before anything is drawn: the first scan must already be judged by it. */
async function start(): Promise<void> {
  const gate = new Gate(await openStore(), { nowMs: Date.now, random: Math.random })
  await gate.load()
  const root = document.getElementById('app')
  if (root) render(<App gate={gate} />, root)
  keepInSync(gate)
}

void start()
void registerServiceWorker('verifier', '/verifier')
