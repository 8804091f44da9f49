/// Sentences that are put together: what a finding, a refusal, a tube or a person is called.
import { pick } from '../i18n/lang'
import { clockTime } from '../i18n/time'
import type { TubeSize } from '../api/types'
import type { Finding } from './rules/findings'
import type { Label, Refusal, SampleRow } from './store/rows'
import { d, isDeskKey } from './text/desk'
import { t } from './text/table'

/** `10:20` in city time. */
export function hourMinute(ms: number): string {
  return clockTime(ms).slice(0, 5)
}

export function findingText({ code, tube, atMs, name }: Finding): string {
  return t(code, { tube: tube ?? '', time: atMs === undefined ? '' : hourMinute(atMs), name: name ?? '' })
}

/** Why a row was sent back: our own sentence for what we know, else the server's. */
export function refusalText({ problem, zh, en }: Refusal): string {
  if (isDeskKey(problem)) return d(problem)
  return pick(zh, en) || problem
}

export function personName({ name }: Label): string {
  return name || t('noName')
}

export function tubeKind(size: TubeSize): string {
  return size === 1 ? t('single') : t('pooled', { size })
}

const SOURCES = { code: 'sourceCode', paper: 'sourcePaper', 'id-card': 'sourceIdCard', typed: 'sourceTyped' } as const

export function sourceText(source: SampleRow['source']): string {
  return t(SOURCES[source])
}
