/// What the table can tell by itself: barcodes, documents, names, and what is to be said about a person.
import { expect, test } from 'vitest'
import { whyNot } from '../src/sampler/candidate'
import { misreadResidentId, readBarcode } from '../src/ui/barcode'
import { birthDateOf, documentError, documentTail } from '../src/sampler/rules/document'
import { gravest, judge, type Question } from '../src/sampler/rules/findings'
import { canonicalName, maskedName, nameError } from '../src/sampler/rules/name'
import type { SampleRow } from '../src/sampler/store/rows'
import { streetOf, waitMinutes } from '../src/sampler/screens/display'
import { openVerdict } from '../src/credential/verdict'

const barcode = (text: string) => {
  const read = readBarcode(text)
  return 'barcode' in read ? read.barcode : read.error
}

test('a barcode is read in capitals, half-width and without spaces around it', () => {
  expect(barcode(' zz2022-0001\n')).toBe('ZZ2022-0001')
  expect(barcode('ＺＺ２０２２－０００１')).toBe('ZZ2022-0001')
  expect(barcode('6901234567892')).toBe('6901234567892')
})

test('what is no barcode says what is wrong with it', () => {
  expect(barcode('12345')).toBe('length')
  expect(barcode('1234567890123456789012345')).toBe('length')
  expect(barcode('ABCDEFG')).toBe('no-digit')
  expect(barcode('12 3456')).toBe('characters')
  expect(barcode('试管123456')).toBe('characters')
  expect(barcode('https://example.com/1')).toBe('characters')
})

test('an identity number scanned by mistake is no tube, a number with a wrong check digit is left to the table', () => {
  expect(barcode('11010519491231002X')).toBe('identity-number')
  expect(barcode('110105194912310021')).toBe('110105194912310021')
})

test('what looks like an identity number with a wrong or a missing digit is told, whoever is born when', () => {
  const misread = (text: string) => misreadResidentId(text, Date.parse('2024-06-01T00:00:00Z'))
  expect(misread('11010519491231002X')).toBeNull()
  expect(misread('110105194912310021')).toBe('id-check-digit')
  expect(misread(' 34052419800101001x ')).toBeNull()
  expect(misread('34052419800101002x')).toBe('id-check-digit')
  expect(misread('34052420231231001Ｘ')).toBe('id-check-digit')
  expect(misread('34052419800101001')).toBe('id-digit-missing')
  expect(misread('3405241980010101X')).toBe('id-digit-missing')
  // Place, day and number of a tube of these weeks.
  expect([misread('410105202405201001'), misread('41010520240520101')]).toEqual([null, null])
  // No birth date: month 13, day 32, year 2100 or 1880; too short, too long, or with a letter elsewhere.
  const tubes = ['340524198013010019', '340524198001320019', '340524210001010019', '340524188001010019', '3405241980010100', '3405241980010100199', 'A40524198001010019', '6901234567892']
  expect(tubes.map(misread)).toEqual(tubes.map(() => null))
})

const TODAY = '2022-01-05'
const wrong = (number: string, kind: Parameters<typeof documentError>[0]['kind'] = 'resident-id') =>
  documentError({ kind, number }, TODAY)

test('the published identity numbers are good, also in small letters and with spaces', () => {
  for (const number of ['34052419800101001X', '11010519491231002x', ' 440524 188001010014']) expect(wrong(number)).toBeNull()
})

test('a wrong identity number is told by check digit, date, length and form', () => {
  expect(wrong('340524198001010011')).toBe('check-digit')
  expect(wrong('340524198002300017')).toBe('impossible-date')
  expect(wrong('340524202301010010')).toBe('future-birth-date')
  expect(wrong('3405241980010100')).toBe('length')
  expect(wrong('340524800101001')).toBe('old-number')
  expect(wrong('3405241980010100X1')).toBe('characters')
  expect(wrong('')).toBe('empty')
})

test('foreign documents have the form of their kind', () => {
  expect(wrong('E12345678', 'passport')).toBeNull()
  expect(wrong('ABCDEF', 'passport')).toBe('form')
  expect(wrong('1234', 'passport')).toBe('form')
  expect(wrong('USA123456789012', 'foreign-permanent-resident-card')).toBeNull()
  expect(wrong('H12345678', 'hk-macao-permit')).toBeNull()
  expect(wrong('X12345678', 'hk-macao-permit')).toBe('form')
  expect(wrong('12345678', 'taiwan-permit')).toBeNull()
  expect(wrong('护照12345', 'passport')).toBe('characters')
})

test('the birth date and the tail of a number are shown for comparison', () => {
  expect(birthDateOf({ kind: 'resident-id', number: '34052419800101001x' })).toBe('1980-01-01')
  expect(birthDateOf({ kind: 'passport', number: 'E12345678' })).toBeNull()
  expect(documentTail({ kind: 'resident-id', number: '34052419800101001x' })).toBe('001X')
})

test('a name is masked as codes show it', () => {
  const masked = ['张小三', '张三', '张', '欧阳娜娜', '阿不都热依木·买买提', 'Anna Johnson', 'Bo', 'Ｌｉ'].map(maskedName)
  expect(masked).toEqual(['张*三', '张*', '张*', '欧*娜', '阿*提', 'A***n', 'B***', 'L***'])
  expect(canonicalName(' 买买提・吐尔逊 ')).toBe('买买提·吐尔逊')
})

test('a name with digits or markup is refused, no name is no mistake', () => {
  expect(nameError('张3')).toBe('characters')
  expect(nameError('<b>')).toBe('characters')
  expect(nameError('·')).toBe('characters')
  expect(nameError('张'.repeat(81))).toBe('length')
  expect(nameError('')).toBeNull()
  expect(nameError("Sinéad O’Connor")).toBeNull()
})

const row = (change: Partial<SampleRow>) => ({ id: 'a', tube: 'OTHER-1', sampledMs: 5, key: 'k', ...change }) as SampleRow
const question = (change: Partial<Question>): Question => ({
  tube: { tube: 'TUBE-1', size: 10, people: 3, household: false },
  kind: 'device',
  colour: 'green',
  name: '张*三',
  known: { same: null, maybe: null },
  answer: null,
  unanswered: false,
  ...change,
})
const said = (change: Partial<Question>) => judge(question(change)).map(({ code }) => code)
const answer = (change: object) => ({ known: true, standing: 'open', needsSingle: false, ...change }) as NonNullable<Question['answer']>

test('nothing is said about somebody who comes for the first time', () => {
  expect(said({})).toEqual([])
  expect(gravest(judge(question({})))).toBeNull()
})

test('a person who is in this tube is refused, one in the round is asked about', () => {
  const inTube = judge(question({ known: { same: row({ tube: 'TUBE-1' }), maybe: null } }))
  expect([inTube[0]?.code, gravest(inTube)]).toEqual(['in-this-tube', 'refuse'])
  const inRound = judge(question({ known: { same: row({}), maybe: null } }))
  expect(inRound[0]).toMatchObject({ code: 'in-round', weight: 'ask', tube: 'OTHER-1', atMs: 5 })
})

test('the same masked name and tail may be the same person: it is asked', () => {
  expect(said({ known: { same: null, maybe: row({}) } })).toEqual(['maybe-same'])
})

test('a full tube takes nobody', () => {
  expect(said({ tube: { tube: 'T', size: 5, people: 5, household: false } })).toEqual(['tube-full'])
})

test('somebody of a positive pool needs a single tube, and is then no duplicate', () => {
  expect(said({ answer: answer({ needsSingle: true, standing: 'sampled' }) })).toEqual(['needs-single'])
  const single = { tube: 'T', size: 1, people: 0, household: false } as const
  expect(said({ tube: single, answer: answer({ needsSingle: true, standing: 'sampled' }), known: { same: row({}), maybe: null } })).toEqual([])
})

test('sampled elsewhere is said by the server once, not along with what this device knows', () => {
  expect(said({ answer: answer({ standing: 'sampled' }) })).toEqual(['sampled-elsewhere'])
  expect(said({ answer: answer({ standing: 'sampled' }), known: { same: row({}), maybe: null } })).toEqual(['in-round'])
})

test('who is not known needs a name, a code nobody knows needs a document', () => {
  const unknown = answer({ known: false })
  expect(said({ kind: 'document', name: '', answer: unknown })).toEqual(['name-needed'])
  expect(said({ kind: 'document', name: '张*三', answer: unknown })).toEqual([])
  expect(said({ answer: unknown })).toEqual(['unknown-code'])
})

test('another name on file is asked about', () => {
  expect(said({ kind: 'document', answer: answer({ name: '李*四' }) })).toEqual(['name-differs'])
  expect(said({ kind: 'document', name: '', answer: answer({ name: '李*四' }) })).toEqual([])
})

test('paper wants the document, a relative’s code a look, red a single tube, yellow a word', () => {
  expect(judge(question({ kind: 'paper' }))).toMatchObject([{ code: 'check-paper', weight: 'ask' }])
  expect(judge(question({ kind: 'relative' }))).toMatchObject([{ code: 'check-relative', weight: 'note' }])
  expect(said({ colour: 'red' })).toEqual(['colour-red'])
  expect(said({ colour: 'red', tube: { tube: 'T', size: 1, people: 0, household: false } })).toEqual([])
  expect(judge(question({ colour: 'yellow' }))).toMatchObject([{ code: 'colour-yellow', weight: 'note' }])
})

test('a household tube reminds from the second person on, and silence of the server is told', () => {
  expect(said({ tube: { tube: 'T', size: 5, people: 0, household: true } })).toEqual([])
  expect(said({ tube: { tube: 'T', size: 5, people: 1, household: true }, unanswered: true })).toEqual(['household', 'not-asked'])
})

test('a yellow code proves who somebody is, a screenshot does not', () => {
  const verdict = openVerdict()
  expect(whyNot({ ...verdict, reasons: ['colour-yellow', 'status-list-stale', 'check-document'] })).toEqual([])
  expect(whyNot({ ...verdict, reasons: ['stale-presentation', 'colour-red'] })).toEqual(['stale-presentation'])
  expect(whyNot({ ...verdict, reasons: ['expired'] })).toEqual(['expired'])
  expect(whyNot({ ...verdict, kind: 'dcc' })).toEqual(['unsupported'])
})

test('the display rounds the wait up to five minutes and says nothing without figures', () => {
  expect(waitMinutes({ waiting: 61, people10Min: 60 })).toBe(15)
  expect(waitMinutes({ waiting: 0, people10Min: 60 })).toBe(0)
  expect(waitMinutes({ waiting: 9, people10Min: 0 })).toBeNull()
  expect(waitMinutes({ waiting: null, people10Min: 60 })).toBeNull()
  expect(streetOf(410105001002)).toBe('410105001')
})
