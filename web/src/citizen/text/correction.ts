/// Texts of a result that the lab corrected; on the proof they stand in both languages.
import type { Dictionary } from '../../i18n/lang'

const zh = {
  corrected: '已更正：检测机构于 {time} 更正，原结果为{former}。',
}

const en: Record<keyof typeof zh, string> = {
  corrected: 'Corrected by the lab on {time}; it was “{former}” before.',
}

export const dictionary: Dictionary<keyof typeof zh> = { zh, en }
