/// Why the server did not take a check-in.
import { pick } from '../i18n/lang'

const REJECTIONS: Record<string, readonly [zh: string, en: string]> = {
  'unknown-person': ['服务器上没有此人', 'The server does not know this person'],
  'invalid-subject': ['码中的人员标识不是本市签发', 'The person in the code was not issued by this city'],
  'invalid-time': ['登记时间无法识别', 'The time of the check-in cannot be read'],
  'invalid-id': ['登记编号无法识别', 'The id of the check-in cannot be read'],
}

/** Why the server did not take a check-in; a word of a newer server is shown as it is. */
export function rejectionText(problem: string): string {
  const words = REJECTIONS[problem]
  return words ? pick(...words) : problem
}
