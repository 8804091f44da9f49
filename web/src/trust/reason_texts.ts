/// Reasons of a verdict as a sentence for the person at the gate: what is wrong, and what to do.
import type { Reason } from '../credential/verdict'
import { pick } from '../i18n/lang'

const TEXTS: Record<Reason, readonly [zh: string, en: string]> = {
  malformed: ['不是完整的健康码，请对方刷新后重扫', 'Not a complete code: ask to refresh it and scan again'],
  unsupported: ['不认识这种二维码', 'This kind of code is not known here'],
  'unknown-key': ['签发机构不在本机名单中，请联网更新', 'The issuer is not known on this device: update online'],
  'bad-signature': ['签名无效，可能是伪造', 'The signature is wrong: possibly forged'],
  'wrong-issuer': ['不是本市签发的码', 'Not issued by this city'],
  expired: ['码已过期，请对方联网更新', 'The code has expired: ask to refresh it online'],
  'not-yet-valid': ['码尚未生效，请核对双方手机时间', 'Not valid yet: compare the clocks of both phones'],
  'bad-device-proof': ['不是本人手机出示，可能是拷贝', 'Not shown by the holder’s phone: possibly a copy'],
  'stale-presentation': [
    '二维码已超过 1 分钟，可能是截图，请对方重新亮码',
    'Older than a minute: possibly a screenshot, ask to show it again',
  ],
  'clock-skew': ['双方手机时间相差过大，请校准', 'The clocks of both phones differ too much'],
  'presentation-missing': [
    '缺少手机实时证明，请对方打开亮码页面',
    'No live proof by a phone: ask to open the code page',
  ],
  void: ['此码已作废，请对方重新登录', 'This code is void: ask to log in again'],
  'colour-red': ['红码', 'Red code'],
  'colour-yellow': ['黄码', 'Yellow code'],
  'status-list-missing': ['没有状态名单，颜色以签发时为准', 'No status list: the colour is as of issue'],
  'status-list-stale': ['状态名单太旧，请联网更新', 'The status list is too old: update online'],
  'status-list-wrong-city': ['状态名单不是本市的', 'The status list is another city’s'],
  'code-needed': ['本市检测证明不能代替健康码，请对方亮码', 'A certificate of this city does not replace the code: ask to show it'],
  'check-document': ['请核对证件与姓名', 'Compare the name with the document'],
  'test-missing': ['没有有效的核酸结果', 'No valid test result'],
  'test-too-old': ['核酸结果超过规定时间', 'The test is older than the venue allows'],
  'test-positive': ['核酸结果为阳性', 'The test is positive'],
  'wrong-key-usage': ['签发机构无权签发此类证明', 'The issuer may not issue this kind of proof'],
  'not-a-test': ['疫苗或康复证明不能代替核酸', 'A vaccination or recovery certificate does not replace a test'],
}

/** The sentence for a reason. */
export function reasonText(reason: Reason): string {
  const [zh, en] = TEXTS[reason]
  return pick(zh, en)
}
