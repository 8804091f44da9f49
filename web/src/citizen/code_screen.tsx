/// The first screen of a registered resident: the card at once, what is below it as its own chunk.
import { CodeCard } from './code_card'
import { lazy } from './lazy'
import type { Holding } from './memory'

const Below = lazy<{ held: Holding }>(() => import('./below_code'))

export function CodeScreen({ held }: { held: Holding }) {
  return (
    <>
      <CodeCard code={held.code} />
      <Below held={held} />
    </>
  )
}
