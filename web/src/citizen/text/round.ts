/// Texts of the line about a round on the code screen. `own` lines speak to the holder, the others of a relative.
import { type Dictionary, texts } from '../../i18n/lang'

const zh = {
  today: '今天 {time}',
  tomorrow: '明天 {time}',
  yesterday: '昨天 {time}',
  you: '您',
  relative: '{name}（{relation}）',
  ownOpen: '本轮核酸：{when}，您未采样',
  ownFrom: '本轮核酸：{when}，请您届时采样',
  ownOver: '本轮核酸已过时间（{when}），您未采样',
  ownWaiting: '本轮核酸：{when}，您的报备待审核',
  ownResample: '本轮核酸：请您先做单管复核（混管阳性）',
  ownExempt: '本轮核酸：您不用再测（{why}）',
  ownSampled: '本轮核酸：您已采样',
  open: '本轮核酸：{when}，{who}未采样',
  from: '本轮核酸：{when}，请{who}届时采样',
  over: '本轮核酸已过时间（{when}），{who}未采样',
  waiting: '本轮核酸：{when}，{who}的报备待审核',
  resample: '本轮核酸：请{who}先做单管复核（混管阳性）',
  exempt: '本轮核酸：{who}不用再测（{why}）',
  sampled: '本轮核酸：{who}已采样',
  'zone-tested': '已在所在区域检测',
  vaccinated: '近期接种疫苗',
  'outside-city': '人在外地，已有检测',
  tested: '近期已检测',
  more: '还有 {n} 项',
}

const en: Record<keyof typeof zh, string> = {
  today: 'today {time}',
  tomorrow: 'tomorrow {time}',
  yesterday: 'yesterday {time}',
  you: 'you',
  relative: '{name} ({relation})',
  ownOpen: 'Testing round: {when}. You have not been sampled yet',
  ownFrom: 'Testing round: {when}. Your sample is due then',
  ownOver: 'The testing round has passed ({when}). You were not sampled',
  ownWaiting: 'Testing round: {when}. Your declaration is being reviewed',
  ownResample: 'Testing round: your single re-sample comes first (positive pool)',
  ownExempt: 'Testing round: you need no test ({why})',
  ownSampled: 'Testing round: you have been sampled',
  open: 'Testing round: {when}. {who} has not been sampled yet',
  from: 'Testing round: {when}. {who} is due then',
  over: 'The testing round has passed ({when}). {who} was not sampled',
  waiting: 'Testing round: {when}. The declaration for {who} is being reviewed',
  resample: 'Testing round: the single re-sample of {who} comes first (positive pool)',
  exempt: 'Testing round: {who} needs no test ({why})',
  sampled: 'Testing round: {who} has been sampled',
  'zone-tested': 'tested in the zone',
  vaccinated: 'vaccinated lately',
  'outside-city': 'outside the city, tested there',
  tested: 'tested lately',
  more: '{n} more',
}

export const dictionary: Dictionary<keyof typeof zh> = { zh, en }
export const r = texts(dictionary)
