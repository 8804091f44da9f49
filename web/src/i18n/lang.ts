/// Language of a page: Chinese by default, English on request, remembered on this device.
import { signal } from '@preact/signals-core'

export type Lang = 'zh' | 'en'
/** One text per key and language. Each page and each lazy screen has its own. */
export type Dictionary<K extends string> = { zh: Record<K, string>; en: Record<K, string> }
/** Values for the `{name}` places of a text. */
export type Values = Record<string, string | number>

const STORED = 'yimatong-lang'

/** Private windows may forbid storage; a page without memory is better than none. */
function remembered(): string | null {
  try {
    return localStorage.getItem(STORED)
  } catch {
    return null
  }
}

/** The language in use; read it through `useValue` in components. */
export const lang = signal<Lang>(remembered() === 'en' ? 'en' : 'zh')

/** What has to be loaded before English can be shown: texts kept out of a first response. */
export const preparations: (() => Promise<void>)[] = []

/** Switches language, `<html lang>` and the memory of it. Stays as it is if the texts cannot be loaded. */
export async function setLang(next: Lang): Promise<void> {
  if (next === 'en') {
    try {
      await Promise.all(preparations.map((prepare) => prepare()))
    } catch {
      return
    }
  }
  lang.value = next
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en'
  try {
    localStorage.setItem(STORED, next)
  } catch {
    // Only the memory is lost.
  }
}

/** Replaces `{name}` by its value; a missing value stays visible, so that a test or a reader notices. */
export function fill(text: string, values: Values = {}): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))
}

/** Text function of a dictionary, in the current language. */
export function texts<K extends string>(dictionary: Dictionary<K>): (key: K, values?: Values) => string {
  return (key, values) => fill(dictionary[lang.value][key], values)
}

/** Chooses between two texts that came from the server. */
export function pick(zh: string | undefined, en: string | undefined): string {
  return (lang.value === 'zh' ? zh : en) || zh || en || ''
}
