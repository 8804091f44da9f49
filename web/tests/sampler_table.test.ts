/// The table as a whole, without a screen: what is scanned, what is said, what is on the disk.
import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import type { Client } from '../src/api/client'
import { Problem, Unreachable } from '../src/api/problem'
import type { SampleCheck } from '../src/api/types'
import { openVerdict, type Verdict } from '../src/credential/verdict'
import { openDatabase } from '../src/offline/database'
import { Boxes } from '../src/sampler/boxes'
import { Elsewhere, LIMIT_MS } from '../src/sampler/elsewhere'
import { Settings } from '../src/sampler/settings'
import type { Shown } from '../src/sampler/shown'
import { isLow, room, watchRoom } from '../src/sampler/storage'
import { BoxStore } from '../src/sampler/store/box_store'
import { Table } from '../src/sampler/table'
import { freshRecords } from './harness/sampler_records'

const ID = '34052419800101001X'
const OTHER_ID = '11010519491231002X'

/** A table whose codes are texts such as `YMT1:BAD`; a good one needs a real credential (see the browser tests). */
async function table(change: { size?: 1 | 5 | 10; household?: boolean; answer?: (body: { person: object }) => SampleCheck | Error } = {}) {
  const { db, store } = await freshRecords()
  const settings = new Settings(await openDatabase(`settings-${Math.random()}`, ['settings']))
  await settings.behave({ sound: false, vibration: false })
  const campaign = { number: 3, nameZh: '第三轮', nameEn: 'Three', state: 'running' }
  const point = { id: 12, name: '小学', kind: 'fixed', area: 410105001, areaName: '金水区', address: '' } as const
  await settings.change({ point, campaign, size: change.size ?? 10, household: change.household ?? false })
  const clock = { ms: Date.parse('2022-01-05T02:00:00Z') }
  const asked: { person: object; options?: object }[] = []
  const client = {
    post: async (_path: string, body: { person: object }, options: object) => {
      asked.push({ ...body, options })
      const answer = change.answer?.(body) ?? new Unreachable('off')
      if (answer instanceof Error) throw answer
      return answer
    },
  } as unknown as Client
  const elsewhere = new Elsewhere(client, () => change.answer !== undefined, () => clock.ms)
  const verdicts = new Map<string, Partial<Verdict>>()
  const judgeCode = async (text: string) => ({ ...openVerdict(), ...verdicts.get(text) })
  const nowMs = () => (clock.ms += 1)
  const hash = async (text: string) => `#${text}`
  const desk = new Table({ store, settings, hash, elsewhere, judgeCode, nowMs, changed: () => undefined })
  const by = (number: string, name = '', kind: 'resident-id' | 'passport' = 'resident-id') =>
    desk.byDocument({ kind, number, name, scanned: false })
  const kind = () => desk.shown.value?.kind
  const codes = () => {
    const shown = desk.shown.value as Extract<Shown, { kind: 'person' }> | null
    return shown?.kind === 'person' ? shown.findings.map(({ code }) => code) : []
  }
  return { desk, store, settings, db, clock, asked, verdicts, by, kind, codes }
}

test('a tube is opened by its barcode and people are bound until it is full', async () => {
  const { desk, store, by, kind } = await table({ size: 5 })
  await desk.read('zz2022-0001', 'scanner')
  expect([kind(), desk.tube.value?.tube, desk.tube.value?.size]).toEqual(['opened', 'ZZ2022-0001', 5])
  for (let n = 1; n <= 5; n += 1) {
    await by(`E1234567${n}`, `人名${'甲乙丙丁戊'[n - 1]}`, 'passport')
    expect([kind(), desk.tube.value?.people]).toEqual(['bound', n])
  }
  await by('E12345679', '人名己', 'passport')
  expect(desk.shown.value).toMatchObject({ kind: 'person', final: true, findings: [{ code: 'tube-full' }] })
  expect((await store.people('ZZ2022-0001')).map(({ source, campaign, pointId }) => [source, campaign, pointId])).toEqual(
    Array(5).fill(['typed', 3, 12]),
  )
  // The next barcode seals a full tube by itself.
  await desk.read('ZZ2022-0002', 'scanner')
  expect(desk.shown.value).toMatchObject({ kind: 'opened', sealed: { tube: 'ZZ2022-0001', people: 5 } })
})

test('without a tube nobody is taken', async () => {
  const { desk, by, kind } = await table()
  await by(ID, '王小五')
  expect(kind()).toBe('no-tube')
  await desk.read(ID, 'scanner')
  expect(kind()).toBe('no-tube')
})

test('the same person in this tube is refused, in another of the round asked about', async () => {
  const { desk, clock, by, kind, codes } = await table()
  await desk.read('TUBE-01', 'typed')
  await by(ID, '王小五')
  clock.ms += 60_000
  await by(ID.toLowerCase(), '王小五')
  expect(codes()).toEqual(['in-this-tube'])
  desk.dismiss()
  await desk.seal()
  await desk.read('TUBE-02', 'typed')
  await by(ID, '王小五')
  expect(codes()).toEqual(['in-round'])
  expect(desk.people.value).toEqual([])
  await desk.takeAnyway()
  expect([kind(), desk.people.value.length]).toEqual(['bound', 1])
})

test('a code and a document of maybe the same person are asked about', async () => {
  const { desk, by, codes } = await table()
  await desk.read('TUBE-01', 'typed')
  await by('E12340018', '张小三', 'passport')
  await by('G99990018', '张大三', 'passport')
  expect(codes()).toEqual(['maybe-same'])
})

test('a code drawn anew by a person who still stands there is a remark, no alarm', async () => {
  const { desk, by, kind } = await table()
  await desk.read('TUBE-01', 'typed')
  await by(ID, '王小五')
  await by(ID, '王小五')
  expect([desk.remark.value, kind(), desk.people.value.length]).toEqual(['still-there', 'bound', 1])
})

test('what was said of the person before is gone when the form for the next one opens', async () => {
  const { desk, by, kind } = await table()
  await desk.read('TUBE-01', 'typed')
  await by(ID, '王小五')
  await by(ID, '王小五')
  desk.openForm()
  expect([desk.remark.value, kind(), desk.form.value?.number]).toEqual([null, undefined, ''])
})

test('a barcode sealed on this device is refused, one set aside goes on', async () => {
  const { desk, by, kind } = await table()
  await desk.read('TUBE-01', 'typed')
  await by(ID, '王小五')
  await desk.seal()
  expect(kind()).toBe('sealed')
  await desk.read('TUBE-01', 'typed')
  expect(desk.shown.value).toMatchObject({ kind: 'used', tube: { tube: 'TUBE-01', people: 1 } })
  desk.dismiss()
  await desk.read('TUBE-02', 'typed')
  await by(OTHER_ID, '李小四')
  await desk.read('TUBE-01', 'typed')
  expect(kind()).toBe('used')
  desk.dismiss()
  await desk.read('TUBE-03', 'typed')
  expect(desk.shown.value).toMatchObject({ kind: 'switch', open: { tube: 'TUBE-02', people: 1 }, next: 'TUBE-03' })
  await desk.switchTube(false)
  expect([desk.tube.value?.tube, desk.aside.value.map(({ tube }) => tube)]).toEqual(['TUBE-03', ['TUBE-02']])
  await desk.resume('TUBE-02')
  expect([kind(), desk.tube.value?.tube, desk.people.value.length]).toEqual(['resumed', 'TUBE-02', 1])
})

test('a sealed tube that was not sent opens again', async () => {
  const { desk, by, kind } = await table()
  await desk.read('TUBE-01', 'typed')
  await by(ID, '王小五')
  await desk.seal()
  await desk.resume('TUBE-01')
  expect([kind(), desk.tube.value?.open]).toEqual(['reopened', 1])
})

test('what is no barcode is told when somebody meant it, and only remarked when the camera saw it', async () => {
  const { desk, kind } = await table()
  await desk.read('https://example.com', 'camera')
  expect([desk.remark.value, kind()]).toEqual(['not-ours', undefined])
  await desk.read('12 34', 'typed')
  expect(desk.shown.value).toMatchObject({ kind: 'bad-barcode', error: 'characters' })
})

test('an identity number with a wrong or a missing digit opens and seals no tube, whoever reads it', async () => {
  const { desk, store, by, kind } = await table({ size: 1 })
  await desk.read('34052419800101002X', 'scanner')
  expect(desk.shown.value).toMatchObject({ kind: 'bad-barcode', error: 'id-check-digit' })
  expect(desk.tube.value).toBeNull()
  await desk.read('TUBE-01', 'typed')
  await by(ID, '王小五')
  // The tube is full: a real barcode would seal it.
  await desk.read('34052419800101003X', 'camera')
  expect(desk.shown.value).toMatchObject({ kind: 'bad-barcode', error: 'id-check-digit' })
  await desk.read('34052419800101001', 'typed')
  expect(desk.shown.value).toMatchObject({ kind: 'bad-barcode', error: 'id-digit-missing' })
  expect([desk.tube.value?.tube, desk.people.value.length, (await store.openTubes()).length]).toEqual(['TUBE-01', 1, 1])
  await desk.read('TUBE-02', 'scanner')
  expect([kind(), desk.tube.value?.tube]).toEqual(['opened', 'TUBE-02'])
})

test('an expired code or a screenshot is told with its reason, and the document is the way on', async () => {
  const { desk, verdicts } = await table()
  await desk.read('TUBE-01', 'typed')
  verdicts.set('YMT1:OLD', { outcome: 'refuse', reasons: ['stale-presentation'], subject: 's' })
  await desk.read('YMT1:OLD', 'scanner')
  expect(desk.shown.value).toMatchObject({ kind: 'bad-code', reasons: ['stale-presentation'] })
  desk.openForm()
  expect([desk.form.value?.kind, desk.shown.value]).toEqual(['resident-id', null])
})

test('a scanned identity number opens the form offline, and takes who the server knows at once', async () => {
  const offline = await table()
  await offline.desk.read('TUBE-01', 'typed')
  await offline.desk.read(ID, 'scanner')
  expect(offline.desk.form.value).toMatchObject({ number: ID, scanned: true, nameNeeded: false })
  const known = { known: true, name: '王*五', documentTail: '001X', standing: 'open', needsSingle: false } as const
  const online = await table({ answer: () => known })
  await online.desk.read('TUBE-01', 'typed')
  await online.desk.read(ID, 'scanner')
  expect(online.desk.form.value).toBeNull()
  expect(online.desk.people.value).toMatchObject([{ source: 'id-card', label: { name: '王*五', tail: '001X' }, likely: '#likely 王*五 001X' }])
  expect(online.asked.length).toBe(1)
})

test('who is not registered needs a name', async () => {
  const { desk, by } = await table({ answer: () => ({ known: false, standing: 'none', needsSingle: false }) })
  await desk.read('TUBE-01', 'typed')
  await by(ID)
  expect(desk.form.value).toMatchObject({ number: ID, nameNeeded: true })
  expect(desk.people.value).toEqual([])
  await by(ID, '王小五')
  expect(desk.people.value.length).toBe(1)
})

test('the server is asked with the round and without the name, at most two seconds, once', async () => {
  const { desk, by, asked } = await table({ answer: () => ({ known: true, standing: 'open', needsSingle: false }) })
  await desk.read('TUBE-01', 'typed')
  await by(ID, '王小五')
  expect(asked).toEqual([
    { campaign: 3, person: { document: { kind: 'resident-id', number: ID } }, options: { timeoutMs: LIMIT_MS, tries: 1 } },
  ])
})

test('a server that does not answer holds nobody up, and is then left alone for a while', async () => {
  const { desk, by, asked, clock } = await table({ answer: () => new Unreachable('slow') })
  await desk.read('TUBE-01', 'typed')
  await by('E12345671', '甲甲', 'passport')
  expect(desk.shown.value).toMatchObject({ kind: 'bound', notes: [{ code: 'not-asked' }] })
  await by('E12345672', '乙乙', 'passport')
  expect([asked.length, desk.people.value.length]).toEqual([1, 2])
  clock.ms += 31_000
  await by('E12345673', '丙丙', 'passport')
  expect(asked.length).toBe(2)
  // A clock that is set back is no reason to rest for a day.
  clock.ms -= 86_400_000
  await by('E12345674', '丁丁', 'passport')
  expect(asked.length).toBe(3)
})

test('a refusal of the server is no answer, and holds nobody up either', async () => {
  const { desk, by } = await table({ answer: () => new Problem({ type: '/problems/x', title: 'x', status: 422 }) })
  await desk.read('TUBE-01', 'typed')
  await by(ID, '王小五')
  expect(desk.people.value.length).toBe(1)
})

test('somebody of a positive pool waits for a single tube, and the pool goes on after', async () => {
  const single = (person: object) => JSON.stringify(person).includes(ID)
  const { desk, by, codes } = await table({
    answer: ({ person }) => ({ known: true, standing: 'sampled', needsSingle: single(person) }),
  })
  await desk.read('TUBE-01', 'typed')
  await by(OTHER_ID, '李小四')
  await desk.takeAnyway()
  await by(ID, '王小五')
  expect(codes()).toEqual(['needs-single'])
  desk.holdForSingle()
  await desk.read('SINGLE-01', 'scanner')
  expect(desk.tube.value).toMatchObject({ tube: 'SINGLE-01', size: 1, people: 1 })
  expect(desk.held.value).toBeNull()
  await desk.seal()
  expect(desk.tube.value).toMatchObject({ tube: 'TUBE-01', people: 1 })
})

test('two scans in the same moment are taken one after the other', async () => {
  const { desk, by } = await table({ size: 1 })
  await desk.read('TUBE-01', 'typed')
  await Promise.all([by('E12345671', '甲甲', 'passport'), by('E12345672', '乙乙', 'passport')])
  expect(desk.people.value.length).toBe(1)
  expect(desk.shown.value).toMatchObject({ kind: 'person', findings: [{ code: 'tube-full' }] })
})

test('a question is answered before anything else is taken', async () => {
  const { desk, by, kind } = await table()
  await desk.read('TUBE-01', 'typed')
  await by(ID, '王小五')
  await desk.read('TUBE-02', 'typed')
  expect(kind()).toBe('switch')
  await desk.read('TUBE-03', 'scanner')
  expect(desk.shown.value).toMatchObject({ kind: 'switch', next: 'TUBE-02' })
})

test('correcting is undoing and binding anew, both stay in the list', async () => {
  const { desk, by } = await table()
  await desk.read('TUBE-01', 'typed')
  await by(ID, '王小五')
  const [wrong] = desk.people.value
  if (wrong) await desk.undo(wrong)
  expect(desk.tube.value?.people).toBe(0)
  await by(ID, '王小武')
  expect(desk.people.value.map(({ undoneMs, label }) => [undoneMs !== undefined, label?.name])).toEqual([
    [true, '王*五'],
    [false, '王*武'],
  ])
})

test('an empty tube gives way to the next, and can be taken off', async () => {
  const { desk, store } = await table()
  await desk.read('TUBE-01', 'typed')
  await desk.read('TUBE-02', 'typed')
  expect([desk.tube.value?.tube, await store.tube('TUBE-01')]).toEqual(['TUBE-02', undefined])
  await desk.drop()
  expect(desk.tube.value).toBeNull()
})

test('a tube whose people were all undone can be taken off, and its barcode goes on with it', async () => {
  const { desk, store, by, kind } = await table()
  await desk.read('TUBE-01', 'typed')
  await by('E12345671', '甲甲', 'passport')
  await desk.undo(desk.people.value[0] as never)
  await desk.drop()
  expect([desk.tube.value, desk.aside.value]).toEqual([null, []])
  await desk.read('TUBE-02', 'typed')
  expect(desk.tube.value?.tube).toBe('TUBE-02')
  await desk.read('TUBE-01', 'typed')
  expect([kind(), desk.tube.value?.tube, (await store.people('TUBE-01')).length]).toEqual(['resumed', 'TUBE-01', 1])
})

test('household mode and the size go with the tube', async () => {
  const { desk, settings } = await table({ size: 5, household: true })
  await desk.read('TUBE-01', 'typed')
  await settings.change({ size: 10, household: false })
  expect(desk.tube.value).toMatchObject({ size: 5, household: true })
})

test('a write that fails is told, and nothing is on screen that is not on the disk', async () => {
  const { desk, store, by, kind } = await table()
  await desk.read('TUBE-01', 'typed')
  const bind = store.bind
  store.bind = () => Promise.reject(new DOMException('full', 'QuotaExceededError'))
  await by(ID, '王小五')
  expect([kind(), desk.people.value]).toEqual(['not-saved', []])
  store.bind = bind
  await by(ID, '王小五')
  expect(kind()).toBe('bound')
})

test('a box wants a good barcode and tubes, a hand-over a name', async () => {
  const { desk, db, settings, clock, by } = await table()
  const boxes = new Boxes(new BoxStore(db), settings, () => clock.ms, () => undefined)
  await desk.read('TUBE-01', 'typed')
  await by(ID, '王小五')
  await desk.seal()
  expect(await boxes.pack('箱', ['TUBE-01'])).toBe('characters')
  expect(await boxes.pack('BOX-001', [])).toBe('no-tubes')
  expect(await boxes.pack('box-001', ['TUBE-01'])).toBeNull()
  expect(await boxes.handOver('BOX-001', ' ')).toBe('no-courier')
  expect(await boxes.handOver('BOX-001', '李师傅')).toBeNull()
  expect(await boxes.pack('BOX-001', ['TUBE-01'])).toBe('box-used')
  expect((await boxes.list())[0]).toMatchObject({ box: 'BOX-001', courier: '李师傅' })
})

test('the browser is asked to keep the data, and little room is a warning', async () => {
  const storage = { persist: async () => true, estimate: async () => ({ quota: 100e6, usage: 90e6 }) } as unknown as StorageManager
  await watchRoom(storage)
  expect([room.value.persisted, isLow(room.value)]).toEqual([true, true])
  await watchRoom({ persist: async () => false, estimate: async () => ({ quota: 10e9, usage: 1e6 }) } as unknown as StorageManager)
  expect([room.value.persisted, isLow(room.value)]).toEqual([false, false])
})
