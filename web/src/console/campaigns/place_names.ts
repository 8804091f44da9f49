/// Names of areas in the language of the page; the server's own where there is no other.
import { pick } from '../../i18n/lang'
import { CITIES } from './divisions'

const NAMES = new Map(CITIES.flatMap(({ districts, zones }) => [...districts.map(({ code, zh, en }) => [String(code), { zh, en }] as const), ...zones.map(({ id, zh, en }) => [id, { zh, en }] as const)]))

export function placeName({ code, nameZh }: { code?: number | string | undefined; nameZh?: string | undefined }): string {
  const known = NAMES.get(String(code ?? ''))
  return known ? pick(nameZh ?? known.zh, known.en) : (nameZh ?? String(code ?? ''))
}
