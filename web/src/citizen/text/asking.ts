/// Texts about answers that did not come, and about the age of those that did.
import { type Dictionary, texts } from '../../i18n/lang'

const zh = {
  asOf: '数据更新于 {age}',
  keptFrom: '{why}下面是 {time} 的数据。',
  unreachable: '现在连不上服务器。',
  busy: '现在查询的人很多，请稍后再看。',
  ended: '本机的登录已失效，请重新登录。',
  codesWork: '这不影响亮码。',
  refresh: '刷新',
}

const en: Record<keyof typeof zh, string> = {
  asOf: 'Updated {age}',
  keptFrom: '{why} This is what was known on {time}.',
  unreachable: 'The server cannot be reached now.',
  busy: 'Many people are asking just now; please look again later.',
  ended: 'This phone is no longer logged in; please log in again.',
  codesWork: 'Your code works all the same.',
  refresh: 'Refresh',
}

export const dictionary: Dictionary<keyof typeof zh> = { zh, en }
export const a = texts(dictionary)
