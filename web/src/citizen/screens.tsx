/// All screens but the code, each loaded when it is first opened. Kept out of the first response, which needs none.
import { lazy } from './lazy'
import type { Screen } from './route'

const LAZY = {
  register: lazy<object>(() => import('./register')),
  login: lazy<object>(() => import('./login')),
  relatives: lazy<object>(() => import('./relatives')),
  paper: lazy<object>(() => import('./paper')),
  history: lazy<object>(() => import('./results/history')),
  proof: lazy<object>(() => import('./results/proof')),
  schedule: lazy<object>(() => import('./schedule/schedule')),
  declare: lazy<object>(() => import('./declarations/declarations')),
  wait: lazy<object>(() => import('./waiting/waiting')),
}

export default function ScreenOf({ screen }: { screen: Exclude<Screen, 'code'> }) {
  const Chosen = LAZY[screen]
  return <Chosen />
}
