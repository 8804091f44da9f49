/// Where in the form the server's mistakes belong, and how they read.
import { pick } from '../../i18n/lang'
import { f, partWords } from '../text/campaign_form'
import type { TextProblem } from './shapes'

/** Id of the input or part of the form for a key of the document. */
export function fieldId(path: string): string {
  return `campaign-${path}`
}

export function problemText({ zh, en }: TextProblem): string {
  return pick(zh, en)
}

/** What is wrong at exactly this key; empty if nothing is. */
export function textAt(problems: readonly TextProblem[], path: string): string {
  return problems
    .filter(({ field }) => field === path)
    .map(problemText)
    .join(' ')
}

/** `第 3 个区域 › 第 1 段时间 › 结束` */
export function pathWords(path: string): string {
  return path
    .split('.')
    .filter((part) => part && part !== 'groups' && part !== 'kinds')
    .map(partWords)
    .join(' › ')
}

/** Where it is, for somebody at the form or at the text. */
export function placeWords({ line, field }: TextProblem, isForm: boolean): string {
  const at = line ? f('atLine', { line }) : ''
  return (isForm ? [pathWords(field)] : [at, field]).filter(Boolean).join(' · ')
}

/** From the key to what holds it, to find the nearest that is on screen. */
export function holders(path: string): string[] {
  const parts = path.split('.')
  return parts.flatMap((_part, i) => {
    const own = parts.slice(0, parts.length - i).join('.')
    const whole = own.replace(/\[\d+\]$/, '')
    return whole === own ? [own] : [own, whole]
  })
}

/** Puts the cursor there. */
export function goTo(path: string): void {
  const found = holders(path)
    .map((each) => document.getElementById(fieldId(each)))
    .find((element) => element !== null)
  found?.focus()
  found?.scrollIntoView({ block: 'center' })
}

/** Marks a line of a text and brings it into view. */
export function showLine(area: HTMLTextAreaElement, line: number): void {
  area.focus()
  area.setSelectionRange(...lineRange(area.value, line))
  const lineHeight = area.scrollHeight / area.value.split('\n').length
  area.scrollTop = Math.max(0, (line - 4) * lineHeight)
}

/** Where a line begins and ends in a text. */
export function lineRange(text: string, line: number): [number, number] {
  const lines = text.split('\n')
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0)
  return [start, start + (lines[line - 1]?.length ?? 0)]
}
