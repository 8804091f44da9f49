/// What the server said of a row, in the language of the page.
import { pick } from '../../i18n/lang'
import type { TubeRowOutcome } from '../sampling/types'

export function saidOf({ problem, detail, detailZh }: Pick<TubeRowOutcome, 'problem' | 'detail' | 'detailZh'>): string {
  return pick(detailZh ?? undefined, detail ?? undefined) || problem || ''
}
