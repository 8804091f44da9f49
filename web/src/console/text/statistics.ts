/// Texts of the city overview.
import { type Dictionary, texts } from '../../i18n/lang'

const zh = {
  title: '城市概况',
  asOf: '数据截至 {time}',
  people: '登记人数',
  part: '本节点负责全市的第 {part} 分区，以下仅统计该分区的人员。全市数字须将各分区相加。',
  colours: '颜色',
  green: '绿码',
  yellow: '黄码',
  red: '红码',
  tested: '核酸检测',
  h24: '24 小时内',
  h48: '48 小时内',
  h72: '72 小时内',
  districts: '各区',
  district: '区县',
  share: '{n}（{percent}%）',
  off: '为了先保证亮码，统计暂时停用。恢复后可在这里查看。',
  refresh: '刷新',
  loading: '正在载入…',
  nothing: '没有数据',
}

const en: Record<keyof typeof zh, string> = {
  title: 'City overview',
  asOf: 'Data as of {time}',
  people: 'Registered people',
  part: 'This node keeps part {part} of the city, and these figures are of that part only. Add the parts up for the whole city.',
  colours: 'Colours',
  green: 'Green',
  yellow: 'Yellow',
  red: 'Red',
  tested: 'Tested',
  h24: 'Within 24 h',
  h48: 'Within 48 h',
  h72: 'Within 72 h',
  districts: 'Districts',
  district: 'District',
  share: '{n} ({percent}%)',
  off: 'To keep codes working, statistics are switched off for the moment. They come back here.',
  refresh: 'Refresh',
  loading: 'Loading…',
  nothing: 'No data',
}

export const dictionary: Dictionary<keyof typeof zh> = { zh, en }
export const s = texts(dictionary)
