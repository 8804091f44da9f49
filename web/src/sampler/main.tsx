/// Entry of the sampler page: opens what the device holds, then samples; the network comes last.
import { render } from 'preact'
import { registerServiceWorker } from '../offline/register'
import { unlockSoundOnTouch } from '../scanner/tones'
import { keepInSync } from '../trust/keep_in_sync'
import { applyComfort } from '../ui/comfort'
import { Notice } from '../ui/notice'
import '../ui/badge.css'
import '../ui/base.css'
import '../ui/form.css'
import '../ui/list.css'
import './sampler.css'
import { Sampler } from './sampler'
import { App } from './screens/app'
import { d } from './text/desk'

void applyComfort()
unlockSoundOnTouch()

/** What the device holds is read before anything is drawn: the first scan must already be judged by it. */
async function start(): Promise<void> {
  const root = document.getElementById('app')
  if (!root) return
  const around = { nowMs: () => Date.now(), steadyMs: () => performance.now(), random: Math.random, locks: navigator.locks as LockManager | undefined }
  const sampler = await Sampler.open(around).catch(() => null)
  if (!sampler) return render(<Notice tone="bad">{d('noStorage')}</Notice>, root)
  render(<App sampler={sampler} />, root)
  keepInSync({ trust: sampler.trust, mayBeSent: () => sampler.mayBeSent(), send: () => sampler.send() })
}

void start()
void registerServiceWorker('sampler', '/sampler')
