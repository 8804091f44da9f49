/// Texts around the city's notice, which carries its own words.
import { type Dictionary, texts } from '../../i18n/lang'

const zh = {
  putAway: '今天不再显示',
}

const en: Record<keyof typeof zh, string> = {
  putAway: 'Not again today',
}

export const dictionary: Dictionary<keyof typeof zh> = { zh, en }
export const n = texts(dictionary)
