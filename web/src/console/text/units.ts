/// Words of the server's that are names for programs, in the language of the page.
import { type Dictionary, texts } from '../../i18n/lang'
import { valueText } from '../../ui/line_chart'
import { o } from './overload'

const zh = {
  'requests/s': '{n} 次/秒',
  people: '{n} 人',
  ms: '{n} 毫秒',
  s: '{n} 秒',
  '%': '{n}%',
}

const en: Record<keyof typeof zh, string> = {
  'requests/s': '{n} requests/s',
  people: '{n} people',
  ms: '{n} ms',
  s: '{n} s',
  '%': '{n} %',
}

export const dictionary: Dictionary<keyof typeof zh> = { zh, en }
const u = texts(dictionary)

/** A value with its unit, or null if it is a yes or no, such as `paused`. */
export function measured(value: number, unit: string): string | null {
  return unit in zh ? u(unit as keyof typeof zh, { n: valueText(value) }) : null
}

const PROTECTIONS = ['ours', 'shed', 'off'] as const

/** How the server is protected; a newer word is shown as it is. */
export function protectionText(protection: string): string {
  const known = PROTECTIONS.find((each) => each === protection)
  return known ? o(`protection-${known}`) : protection
}
