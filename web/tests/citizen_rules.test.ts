/// Rules the citizen's page applies by itself: badge, identity numbers, addresses, QR size.
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { badgeOf } from '../src/citizen/badge'
import { canonicalNumber, checkCharacter, residentIdError } from '../src/ui/resident_id'
import { QUIET, qrPath, snappedSide } from '../src/ui/qr'

const HOUR = 3_600_000
const sampled = Date.parse('2022-01-05T10:00:00+08:00')
const result = {
  sampled: new Date(sampled).toISOString(),
  received: new Date(sampled + 4 * HOUR).toISOString(),
  reported: new Date(sampled + 10 * HOUR).toISOString(),
}

describe('badge', () => {
  test.each([
    [0, 'within-24h'],
    [24, 'within-24h'],
    [24 + 1 / 3600, 'within-48h'],
    [48, 'within-48h'],
    [48 + 1 / 3600, 'within-72h'],
    [72, 'within-72h'],
    [72 + 1 / 3600, 'older'],
  ])('%f hours after sampling it says %s', (hours, badge) => {
    expect(badgeOf(result, 'sampled', sampled + hours * HOUR)).toBe(badge)
  })

  test('the clock starts where the city says', () => {
    const at = sampled + 30 * HOUR
    expect(badgeOf(result, 'sampled', at)).toBe('within-48h')
    expect(badgeOf(result, 'reported', at)).toBe('within-24h')
  })

  test('a result from the future earns no fresh badge', () => {
    expect(badgeOf(result, 'sampled', sampled - 1)).toBe('older')
  })
})

describe('resident identity number', () => {
  const today = '2022-01-05'
  test.each(['34052419800101001X', '11010519491231002X', '440524188001010014'])('%s is accepted', (number) => {
    expect(residentIdError(number, today)).toBeNull()
  })

  test.each([
    ['3405241980010100', 'length'],
    ['34052419800101001A', 'characters'],
    ['340524198002300012', 'impossible-date'],
    ['340524198013010012', 'impossible-date'],
    ['340524198001010011', 'check-digit'],
  ])('%s is refused for its %s', (number, error) => {
    expect(residentIdError(number, today)).toBe(error)
  })

  test('a birth date after today is refused and today is not', () => {
    const born = (day: string) => {
      const first17 = `610113${day}001`
      return first17 + checkCharacter(first17)
    }
    expect(residentIdError(born('20220105'), today)).toBeNull()
    expect(residentIdError(born('20220106'), today)).toBe('future-birth-date')
  })

  test('every single wrong digit is noticed', () => {
    const good = '34052419800101001X'
    for (let at = 0; at < 17; at += 1) {
      for (const digit of '0123456789') {
        const wrong = good.slice(0, at) + digit + good.slice(at + 1)
        if (wrong !== good) expect(residentIdError(wrong, today)).not.toBeNull()
      }
    }
  })

  test('full-width, spaced and lower-case input is made canonical', () => {
    expect(canonicalNumber(' ３４０５２４ 19800101 001x ')).toBe('34052419800101001X')
  })
})

describe('QR', () => {
  test('it is drawn from uqr with a quiet zone of four modules', () => {
    const { side, version, path } = qrPath('YMT1:ABC')
    expect(side).toBe(17 + 4 * version + 2 * QUIET)
    expect(path.startsWith(`M${QUIET} ${QUIET}h7v1h-7z`)).toBe(true)
  })

  test.each([
    [334, 73, 1],
    [334, 73, 2],
    [334, 77, 3],
  ])('in %i px, %i modules at ratio %i all get the same device pixels', (available, side, ratio) => {
    const px = snappedSide(available, side, ratio)
    expect(px).toBeLessThanOrEqual(available)
    expect(Number.isInteger((px * ratio) / side)).toBe(true)
  })
})

describe('addresses', () => {
  beforeAll(() => {
    vi.stubGlobal('location', { hash: '' })
    vi.stubGlobal('addEventListener', () => {})
  })

  test('an unknown address is the code', async () => {
    const { parseRoute } = await import('../src/citizen/route')
    expect(parseRoute('#relatives/12')).toEqual({ screen: 'relatives', item: '12' })
    expect(parseRoute('#nonsense')).toEqual({ screen: 'code', item: null })
    expect(parseRoute('')).toEqual({ screen: 'code', item: null })
  })
})
