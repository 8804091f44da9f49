/// Entry of the citizen's page: draws from this device's memory first, asks the network afterwards.
import { render } from 'preact'
import { registerServiceWorker } from '../offline/register'
import { applyComfort } from '../ui/comfort'
import '../ui/base.css'
import { App } from './app'
import './citizen.css'
import { open } from './state'

async function start(): Promise<void> {
  // A browser whose storage is broken still gets a page.
  await Promise.allSettled([applyComfort(), open()])
  const root = document.getElementById('app')
  if (root) render(<App />, root)
  const { keepFresh } = await import('./refresh')
  keepFresh()
}

void start()
void registerServiceWorker('citizen', '/')
