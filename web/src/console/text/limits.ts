/// Names of the limits that operators can change, by their path in the settings, and what each may be. Every name ends with its
/// unit, and no two are alike.
import { type Dictionary, texts } from '../../i18n/lang'
import type { Mistake } from '../overload/limit_edits'
import { fieldOf } from '../overload/limit_fields'

const zh = {
  'admission.fewestPermits': '最少同时处理（个请求）',
  'admission.firstPermits': '启动时同时处理（个请求）',
  'admission.mostPermits': '最多同时处理（个请求）',
  'admission.queueMs': '排队长度，按处理能力折算（毫秒）',
  'admission.longestWaitMs': '排队最长等待（毫秒）',
  'admission.holdMs': '叫到号的人最长等待（毫秒）',
  'admission.retryShare': '满负荷时允许的重试（占首次请求的比例）',
  'admission.shares.0': 'B0 工作人员、卡口、实验室（比例）',
  'admission.shares.1': 'B1 办理到一半的人（比例）',
  'admission.shares.2': 'B2 亮码，不占用数据库（比例）',
  'admission.shares.3': 'B3 新办理的人（比例）',
  'admission.shares.4': 'B4 可以等的查询（比例）',
  'room.claimS': '叫到号后保留多久（秒）',
  'room.pollsPerS': '所有等候的手机合计查询（次/秒）',
  'room.shortestPollS': '每部手机两次查询的最短间隔（秒）',
  'rates.device.perS': '每部手机，长期平均（次/秒）',
  'rates.device.burst': '每部手机，短时间内最多（次）',
  'rates.address.perS': '每个网络地址，长期平均（次/秒）',
  'rates.address.burst': '每个网络地址，短时间内最多（次）',
  'rates.oneTimePasswords.perS': '每个网络地址获取验证码，长期平均（次/秒）',
  'rates.oneTimePasswords.burst': '每个网络地址获取验证码，短时间内最多（次）',
  'rates.signIns.perS': '每个网络地址工作人员登录，长期平均（次/秒）',
  'rates.signIns.burst': '每个网络地址工作人员登录，短时间内最多（次）',
  range: '{least} 到 {most}',
  rangeWhole: '{least} 到 {most} 的整数',
  noNumber: '请填数字，{range}。',
  outOfRange: '请填 {range}。',
  notBetween: '三项须依次不小于前一项：最少、启动时、最多同时处理。',
  sharesTooMuch: '五类的最低份额合计不能超过 1。',
}

const en: Record<keyof typeof zh, string> = {
  'admission.fewestPermits': 'Handled at once, at least (requests)',
  'admission.firstPermits': 'Handled at once after a start (requests)',
  'admission.mostPermits': 'Handled at once, at most (requests)',
  'admission.queueMs': 'Length of a queue, as time at full capacity (milliseconds)',
  'admission.longestWaitMs': 'Longest wait in a queue (milliseconds)',
  'admission.holdMs': 'Longest wait of somebody who was called (milliseconds)',
  'admission.retryShare': 'Retries allowed at full load (share of first requests)',
  'admission.shares.0': 'B0 staff, gates, labs (share)',
  'admission.shares.1': 'B1 people half-way through (share)',
  'admission.shares.2': 'B2 codes, which do not use the database (share)',
  'admission.shares.3': 'B3 people who begin (share)',
  'admission.shares.4': 'B4 look-ups that can wait (share)',
  'room.claimS': 'How long a call is kept (seconds)',
  'room.pollsPerS': 'Look-ups of all waiting phones together (per second)',
  'room.shortestPollS': 'Shortest time between two look-ups of one phone (seconds)',
  'rates.device.perS': 'One phone, long-run average (requests per second)',
  'rates.device.burst': 'One phone, most in a short time (requests)',
  'rates.address.perS': 'One network address, long-run average (requests per second)',
  'rates.address.burst': 'One network address, most in a short time (requests)',
  'rates.oneTimePasswords.perS': 'Text message codes per network address, long-run average (per second)',
  'rates.oneTimePasswords.burst': 'Text message codes per network address, most in a short time (codes)',
  'rates.signIns.perS': 'Staff log ins per network address, long-run average (per second)',
  'rates.signIns.burst': 'Staff log ins per network address, most in a short time (log ins)',
  range: '{least} to {most}',
  rangeWhole: 'a whole number, {least} to {most}',
  noNumber: 'Please enter a number, {range}.',
  outOfRange: 'Please enter {range}.',
  notBetween: 'Each of these must be at least the one before: at least, after a start, at most.',
  sharesTooMuch: 'The five minimum shares must not add up to more than 1.',
}

export const dictionary: Dictionary<keyof typeof zh> = { zh, en }
const l = texts(dictionary)

/** Name of a limit with its unit; one that is not known is shown by its path. */
export function limitText(path: string): string {
  return path in zh ? l(path as keyof typeof zh) : path
}

/** What a limit may be. */
export function rangeText(path: string): string {
  const field = fieldOf(path)
  if (!field) return ''
  const [least, most] = [field.least, field.most].map((value) => value.toLocaleString('en-US'))
  return l(field.whole ? 'rangeWhole' : 'range', { least: least ?? '', most: most ?? '' })
}

/** What is wrong with a text, and what would be right. */
export function mistakeText({ path, why }: Mistake): string {
  return l(why, { range: rangeText(path) })
}
