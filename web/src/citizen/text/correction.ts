/// Texts of a result that the lab corrected; on the proof they stand in both languages.
import type { Dictionary } from '../../i18n/lang'

const zh = {
  changed: '已更正：检测机构于 {time} 更正，原结果为{former}。',
  same: '已更正：检测机构于 {time} 更正，结果仍为{former}。',
  negative: '阴性',
  positive: '阳性',
  indeterminate: '待复核',
  invalid: '样本无效',
}

export type CorrectionKey = keyof typeof zh

const en: Record<CorrectionKey, string> = {
  changed: 'Corrected by the lab on {time}; it was “{former}” before.',
  same: 'Corrected by the lab on {time}; it is “{former}” as before.',
  negative: 'negative',
  positive: 'positive',
  indeterminate: 'under review',
  invalid: 'invalid sample',
}

export const dictionary: Dictionary<CorrectionKey> = { zh, en }
