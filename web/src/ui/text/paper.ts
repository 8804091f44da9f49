/// Texts on the sheet of a paper code.
import type { Dictionary } from '../../i18n/lang'

const zh = {
  head: '{city}健康码（纸质）',
  headNoCity: '健康码（纸质）',
  name: '姓名',
  tail: '证件尾号',
  until: '有效至',
  issued: '签发',
  check: '查验人员：请扫码，并核对本人身份证件。颜色以扫码结果为准。',
  number: '编号 {id}',
  label: '{name} 的纸质码二维码',
}

const en: Record<keyof typeof zh, string> = {
  head: '{city} health code (paper)',
  headNoCity: 'Health code (paper)',
  name: 'Name',
  tail: 'Document ending',
  until: 'Valid until',
  issued: 'Issued',
  check: 'At the gate: scan the code and check the ID document. The scan decides the colour.',
  number: 'No. {id}',
  label: 'QR of the paper code of {name}',
}

export const dictionary: Dictionary<keyof typeof zh> = { zh, en }
