/// Entry of the staff console. No service worker: nothing here works, or should, without the server.
import { render } from 'preact'
import { applyComfort } from '../ui/comfort'
import '../ui/base.css'
import '../ui/form.css'
import { App } from './app'
import './console.css'
import { confirmSession } from './session'

async function start(): Promise<void> {
  await applyComfort()
  const root = document.getElementById('app')
  if (root) render(<App />, root)
  await confirmSession()
}

void start()
