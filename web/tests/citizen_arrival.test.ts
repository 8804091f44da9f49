/// Screens tell that they have come: what the page's title says, and when the focus follows.
import { beforeEach, expect, test, vi } from 'vitest'
import { lang } from '../src/i18n/lang'

vi.stubGlobal('location', { hash: '' })
vi.stubGlobal('addEventListener', () => undefined)

beforeEach(() => {
  lang.value = 'zh'
})

test('the title names the screen before the product, and the code is the product', async () => {
  const { titleOf } = await import('../src/citizen/arrival')
  expect(titleOf('核酸安排')).toBe('核酸安排 · 一码通')
  expect(titleOf('')).toBe('一码通')
})

test('a screen has arrived with its heading: another address, or another step at the same', async () => {
  const { hasArrived } = await import('../src/citizen/arrival')
  const code = { hash: '', heading: 'h1' }
  expect(hasArrived(code, code)).toBe(false)
  // The heading comes with the chunk of the screen.
  expect(hasArrived(code, { hash: '#schedule', heading: null })).toBe(false)
  expect(hasArrived(code, { hash: '#schedule', heading: 'h2' })).toBe(true)
  expect(hasArrived({ hash: '#relatives', heading: 'list' }, { hash: '#relatives', heading: 'form' })).toBe(true)
  expect(hasArrived({ hash: '#relatives', heading: 'list' }, { hash: '#relatives/2', heading: 'list' })).toBe(true)
})
