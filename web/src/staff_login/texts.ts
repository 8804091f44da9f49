/// Words of the log in of staff on phones.
import { type Dictionary, texts } from '../i18n/lang'

export const dictionary = {
  zh: {
    login: '登录',
    name: '账号',
    password: '密码',
    totp: '6 位动态口令',
    demoAccounts: '演示账号',
    useDemo: '用 {name} 登录',
    wrongRole: '这个账号不能在此页使用，请换一个账号。',
    unreachable: '连不上服务器，请稍后再试。',
  },
  en: {
    login: 'Log in',
    name: 'Account',
    password: 'Password',
    totp: '6-digit code',
    demoAccounts: 'Demo accounts',
    useDemo: 'Use {name}',
    wrongRole: 'This account is for another page: use another one.',
    unreachable: 'The server cannot be reached. Try again later.',
  },
} satisfies Dictionary<string>

/** Text in the page's language. */
export const l = texts<keyof (typeof dictionary)['zh']>(dictionary)
