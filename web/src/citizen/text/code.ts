/// Texts of the first response: welcome and code card. English is loaded when it is chosen.
import { preparations, texts } from '../../i18n/lang'

const zh = {
  product: '一码通',
  open: '正在打开…',
  welcome: '出示健康码，先在这台手机上登记',
  welcomeWhy: '登记一次，以后没有网络也能亮码。没有手机也可以：请家人代办、到社区领纸质码，或出示身份证件。',
  register: '首次登记',
  login: '已登记，在本机登录',
  green: '绿码',
  yellow: '黄码',
  red: '红码',
  greenMeans: '可以通行',
  yellowMeans: '暂缓通行，请看原因',
  redMeans: '不可通行，请看原因',
  tail: '证件尾号 {tail}',
  redraws: '每 15 秒自动更新，截图无效',
  expired: '此码已于 {time} 过期，不能使用。',
  expiredOffline: '现在连不上服务器。请找有网络的地方再打开，或出示身份证件，由工作人员查询。',
  expiredOnline: '正在向服务器更新……',
  insecure: '此连接不安全，无法出示码。请用 https 打开。',
  cancel: '取消',
  back: '返回',
  loadFailed: '页面没有载入完整，请检查网络后重试。',
  retry: '重试',
}

export type CodeKey = keyof typeof zh
export const dictionary: { zh: Record<CodeKey, string>; en: Record<CodeKey, string> } = { zh, en: zh }

preparations.push(async () => {
  dictionary.en = (await import('./code_en')).en
})

export const t = texts(dictionary)
