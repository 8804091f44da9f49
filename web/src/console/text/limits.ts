/// Names of the limits that operators can change, by their path in the settings.
import { type Dictionary, texts } from '../../i18n/lang'

const zh = {
  'admission.firstPermits': '启动时并发许可',
  'admission.fewestPermits': '最少并发许可',
  'admission.mostPermits': '最多并发许可',
  'admission.queueMs': '队列长度（按处理能力折算）',
  'admission.longestWaitMs': '队列中最长等待',
  'admission.holdMs': '叫到号后最长等待',
  'admission.retryShare': '饱和时重试占首次请求的上限',
  'admission.shares.0': 'B0 工作人员、门岗、实验室',
  'admission.shares.1': 'B1 办理到一半的人',
  'admission.shares.2': 'B2 亮码（内存中，不需要许可）',
  'admission.shares.3': 'B3 新办理',
  'admission.shares.4': 'B4 可以等的查询',
  'room.claimS': '叫到号后保留',
  'room.pollsPerS': '全体等候者每秒查询总数',
  'room.shortestPollS': '每人两次查询最短间隔',
  'rates.device.perS': '每台设备',
  'rates.device.burst': '每台设备',
  'rates.address.perS': '每个网络地址（一个地址后可能有上千部手机）',
  'rates.address.burst': '每个网络地址',
  'rates.oneTimePasswords.perS': '每个地址获取短信验证码',
  'rates.oneTimePasswords.burst': '每个地址获取短信验证码',
  'rates.signIns.perS': '每个地址工作人员登录',
  'rates.signIns.burst': '每个地址工作人员登录',
}

const en: Record<keyof typeof zh, string> = {
  'admission.firstPermits': 'Permits at start',
  'admission.fewestPermits': 'Fewest permits',
  'admission.mostPermits': 'Most permits',
  'admission.queueMs': 'Length of a queue, as time at capacity',
  'admission.longestWaitMs': 'Longest wait in a queue',
  'admission.holdMs': 'Longest wait of a called flow',
  'admission.retryShare': 'Retries per first attempt while saturated',
  'admission.shares.0': 'B0 staff, gates, labs',
  'admission.shares.1': 'B1 flows under way',
  'admission.shares.2': 'B2 codes (from memory, need no permit)',
  'admission.shares.3': 'B3 new flows',
  'admission.shares.4': 'B4 reads that can wait',
  'room.claimS': 'A call is kept for',
  'room.pollsPerS': 'Polls of everybody together',
  'room.shortestPollS': 'Shortest time between two polls of one person',
  'rates.device.perS': 'Per device',
  'rates.device.burst': 'Per device',
  'rates.address.perS': 'Per network address (may be thousands of phones)',
  'rates.address.burst': 'Per network address',
  'rates.oneTimePasswords.perS': 'Text message codes per address',
  'rates.oneTimePasswords.burst': 'Text message codes per address',
  'rates.signIns.perS': 'Staff log ins per address',
  'rates.signIns.burst': 'Staff log ins per address',
}

export const dictionary: Dictionary<keyof typeof zh> = { zh, en }
const l = texts(dictionary)

/** Name of a limit; one that is not known is shown by its path. */
export function limitText(path: string): string {
  return path in zh ? l(path as keyof typeof zh) : path
}
