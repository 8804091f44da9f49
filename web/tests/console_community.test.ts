/// The pure parts of the community's tool and of the rules: doors, evidence, shapes of the map.
import { expect, test } from 'vitest'
import xian from '../src/console/campaigns/maps/xian.json'
import zhengzhou from '../src/console/campaigns/maps/zhengzhou.json'
import { isOutlined } from '../src/console/campaigns/chart_options'
import { CITIES } from '../src/console/campaigns/divisions'
import { listPath } from '../src/console/community/declarations_path'
import { evidenceFile } from '../src/console/community/evidence_file'
import { doorsOf } from '../src/console/community/missed_list'
import type { Missed } from '../src/console/community/shapes'
import { SAMPLES } from '../src/console/rules/sources'
import { reasonWords } from '../src/console/text/rules'

const missed = (personId: string, householdId: string | null): Missed => ({ person: { personId, name: '王*', documentTail: '1234', householdId }, standing: 'open' })

test('people of a household stand together, in the server’s order, and who has none comes last', () => {
  const doors = doorsOf([missed('1', null), missed('2', '70'), missed('3', '71'), missed('4', '70')])
  expect(doors.map(({ household, people }) => [household, people.map(({ person }) => person.personId)])).toEqual([
    ['70', ['2', '4']],
    ['71', ['3']],
    [null, ['1']],
  ])
})

test('declarations are listed of every round and without one unless a round is chosen', () => {
  expect(listPath({ round: undefined, community: undefined, isWaitingOnly: false })).toBe('/v1/declarations/list')
  expect(listPath({ round: undefined, community: 70, isWaitingOnly: true })).toBe('/v1/declarations/list?community=70&waiting=true')
  expect(listPath({ round: 3, community: undefined, isWaitingOnly: true })).toBe('/v1/declarations/list?campaign=3&waiting=true')
})

test('evidence is shown only as what it really is, and a PDF never as a document of this site', () => {
  const png = btoa('\x89PNG\r\n\x1a\nrest')
  const pdf = btoa('%PDF-1.7 rest')
  expect(evidenceFile('image/png', png)).toMatchObject({ show: 'image', blob: { type: 'image/png' } })
  expect(evidenceFile('application/pdf', pdf)).toMatchObject({ show: 'pdf', blob: { type: 'application/octet-stream' } })
  expect(evidenceFile('image/jpeg', png)).toEqual({ show: 'bad' })
  expect(evidenceFile('image/svg+xml', btoa('<svg onload="x()">'))).toEqual({ show: 'bad' })
  expect(evidenceFile('text/html', btoa('<script>'))).toEqual({ show: 'bad' })
  expect(evidenceFile('image/png', 'no base64!')).toEqual({ show: 'bad' })
})

test('every district that counts as drawn has an outline of its name, and no other has', () => {
  const outlined = new Set([...zhengzhou.features, ...xian.features].map(({ properties }) => properties.name))
  for (const { districts } of CITIES) {
    for (const { code, zh } of districts) expect(isOutlined({ code }), zh).toBe(outlined.has(zh))
  }
  expect(isOutlined({ code: 'zhengdong' })).toBe(false)
})

test('every reason of the shipped rules has words of its own', () => {
  for (const pack of Object.values(SAMPLES)) {
    const codes = [...pack.matchAll(/^\[reasons\.([a-z-]+)\]$/gm)].map(([, code]) => code ?? '')
    expect(codes.length).toBeGreaterThan(10)
    for (const code of codes) expect(reasonWords(code), code).not.toBe(code)
  }
  expect(reasonWords('something-new')).toBe('something-new')
})
