/// Times for people, always in the city's offset: a phone set to another zone must not show another day.
import { lang } from './lang'

const CITY_OFFSET_MS = 8 * 3_600_000

/** Parts of an instant in city time; each two digits, year four. */
function parts(ms: number): { date: string; day: string; time: string; seconds: string } {
  const iso = new Date(ms + CITY_OFFSET_MS).toISOString()
  return { date: iso.slice(0, 10), day: iso.slice(5, 10), time: iso.slice(11, 16), seconds: iso.slice(17, 19) }
}

/** `2022-01-05` in city time. */
export function cityDate(ms: number): string {
  return parts(ms).date
}

/** `01-05 10:20` in city time. */
export function dayTime(ms: number): string {
  const { day, time } = parts(ms)
  return `${day} ${time}`
}

/** `2022-01-05 10:20` in city time. */
export function dateTime(ms: number): string {
  const { date, time } = parts(ms)
  return `${date} ${time}`
}

/** `10:20:30` in city time. */
export function clockTime(ms: number): string {
  const { time, seconds } = parts(ms)
  return `${time}:${seconds}`
}

/** Rough age such as `5 分钟前`; a negative age (clock skew) counts as now. */
export function age(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000)
  const zh = lang.value === 'zh'
  if (minutes < 1) return zh ? '刚刚' : 'just now'
  if (minutes < 60) return zh ? `${minutes} 分钟前` : `${minutes} min ago`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return zh ? `${hours} 小时前` : `${hours} h ago`
  return zh ? `${Math.floor(hours / 24)} 天前` : `${Math.floor(hours / 24)} days ago`
}
