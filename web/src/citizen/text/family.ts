/// Texts of relatives and paper codes.
import { type Dictionary, texts } from '../../i18n/lang'

const zh = {
  relativesTitle: '亲属码',
  relativesRule: '可为 16 岁及以下的孩子和 60 岁及以上的老人代办，最多 8 人。每人最多由 3 位亲属持有。',
  none: '还没有添加亲属',
  add: '添加亲属',
  addTitle: '添加亲属',
  relation: '与您的关系',
  sharesHome: '与我同住',
  sharesHomeHint: '勾选后，按您的居住地安排核酸检测，没参加会按通告处理；已登记过的人不受影响。',
  remove: '移除',
  removeAsk: '移除后，您手机上不再显示 {name} 的码。',
  removeYes: '确定移除',
  keptFrom: '现在连不上服务器，下面是本机保存的。',
  askDocument: '查验时请同时出示证件',
  paperTitle: '纸质码',
  paperRule: '给没有手机的家人打印。7 天内有效，查验时必须核对证件；重新打印后，旧的立即失效。',
  paperFor: '为谁打印',
  self: '本人',
  make: '生成纸质码',
  print: '打印',
}

const en: Record<keyof typeof zh, string> = {
  relativesTitle: 'Relatives’ codes',
  relativesRule:
    'For children up to 16 and elders from 60, at most 8 people. One person can be held by at most 3 relatives.',
  none: 'No relatives yet',
  add: 'Add a relative',
  addTitle: 'Add a relative',
  relation: 'Who it is to you',
  sharesHome: 'Lives with me',
  sharesHomeHint: 'Rounds of testing where you live then include them, and they are expected to take part. Nothing changes for somebody registered before.',
  remove: 'Remove',
  removeAsk: 'Afterwards this phone no longer shows the code of {name}.',
  removeYes: 'Remove',
  keptFrom: 'The server cannot be reached; this is what the phone has kept.',
  askDocument: 'Please show the ID document at the gate too',
  paperTitle: 'Paper code',
  paperRule:
    'To print for family without a phone. Valid for 7 days; gates compare it with the ID document. A new print makes the earlier one void at once.',
  paperFor: 'For whom',
  self: 'Myself',
  make: 'Make a paper code',
  print: 'Print',
}

export const dictionary: Dictionary<keyof typeof zh> = { zh, en }
export const g = texts(dictionary)
