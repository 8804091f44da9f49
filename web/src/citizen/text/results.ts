/// Texts of the result history.
import { type Dictionary, texts } from '../../i18n/lang'

const zh = {
  title: '核酸检测记录',
  none: '还没有检测记录',
  more: '更多',
  single: '单管',
  pooled: '混管',
  mixed: '{size} 人混管',
  naat: '核酸',
  antigen: '抗原',
  sampled: '采样时间',
  received: '收样时间',
  reported: '报告时间',
  site: '采样地点',
  institution: '检测机构',
  openProof: '检测证明（打印、出示）',
  pending: '已采样，等待结果',
  pendingLate: '采样已超过 24 小时还没有结果。请联系采样点或社区，或拨打 12345；需要通行时请再采一次。',
  samplesLate: '刚采样、还没出结果的记录暂时查不到。',
  stepInvalid: '这份样本不能用，请尽快重新采样。',
  stepIndeterminate: '结果待复核，请留在原地，等候通知再次采样。',
  stepPooled: '您所在的混管是阳性，不等于您本人阳性。请留在原地，等候工作人员单管复核。',
  stepPositive: '请留在原地，不要外出，等候工作人员联系；身体不适请拨打 120。',
  late: '查询繁忙，检测记录可能延迟。您的码和最近一次结果可以正常使用，请稍后再看。',
  off: '为了先保证亮码，检测记录查询暂时停用。您的码和最近一次结果照常显示。',
}

const en: Record<keyof typeof zh, string> = {
  title: 'Test results',
  none: 'No results yet',
  more: 'More',
  single: 'single tube',
  pooled: 'pooled tube',
  mixed: 'tube for {size}',
  naat: 'nucleic acid',
  antigen: 'antigen',
  sampled: 'Sampled',
  received: 'Received',
  reported: 'Reported',
  site: 'Sampled at',
  institution: 'Tested by',
  openProof: 'Certificate (print or show)',
  pending: 'Sampled, waiting for the result',
  pendingLate:
    'No result after more than 24 hours. Please ask the sampling point or your community, or call 12345; if you need to pass, give another sample.',
  samplesLate: 'Samples whose results are not out yet cannot be shown just now.',
  stepInvalid: 'This sample cannot be used; please give another one soon.',
  stepIndeterminate: 'The result is being checked. Please stay where you are until you are called for another sample.',
  stepPooled:
    'The pooled tube is positive, which does not mean that you are. Please stay where you are until staff take a sample of you alone.',
  stepPositive: 'Please stay where you are until staff contact you; if you feel ill, call 120.',
  late: 'The service is busy and test results may be late. Your code and your latest result work as usual; please look again later.',
  off: 'To keep codes working, the list of test results is switched off for the moment. Your code and your latest result are shown as usual.',
}

export const dictionary: Dictionary<keyof typeof zh> = { zh, en }
export const res = texts(dictionary)
