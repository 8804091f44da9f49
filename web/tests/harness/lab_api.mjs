/// The part of the API about tubes: a lab's results, amendments, boxes, and lists of what is late or odd.
import { randomUUID } from 'node:crypto'

const problem = (type, status, more = {}) => ({ status, body: { type: `/problems/${type}`, title: type, status, ...more } })
const ago = (hours) => new Date(Date.now() - hours * 3_600_000).toISOString()
const OUTCOMES = { 阴性: 'negative', 阳性: 'positive', 可疑: 'indeterminate', 无效: 'invalid' }
const INSTITUTION = '西安市第三医院'

/** People 1 to n of a made-up street. */
export function person(n) {
  return { personId: String(n), name: `张*${'一二三四五六七八九十'[n % 10]}`, documentTail: `00${10 + n}`, communityId: 7, communityName: '小寨路街道第3社区', householdId: String(100 + Math.ceil(n / 3)) }
}

function tube(code, people, more = {}) {
  const samples = Array.from({ length: people }, (_, i) => ({ id: randomUUID(), person: person(i + 1), sampled: ago(9), source: i % 3 ? 'code' : 'id-card', staffId: 4 }))
  return { tube: code, size: 10, household: false, campaign: 1, pointId: 2, pointName: '小寨东路采样点', opened: ago(9), sealed: ago(8.8), box: 'BOX-2022-01', received: ago(4), people, flags: [], samples, results: [], ...more }
}

const result = (version, outcome, more = {}) => ({ version, id: randomUUID(), outcome, method: 'naat', received: ago(4), reported: ago(1), institution: INSTITUTION, posted: ago(1), staffId: 6, ...more })

/** State of the city's tubes; a test may change it. */
function tubesOfTheCity() {
  const tubes = new Map()
  const put = (each) => tubes.set(each.tube, each)
  for (let n = 1; n <= 12; n += 1) put(tube(`XA2022-${String(n).padStart(4, '0')}`, 10))
  put(tube('XA2022-0100', 10, { results: [result(1, 'negative')], flags: ['tube-over'] }))
  put(tube('XA2022-0200', 1, { size: 1, results: [] }))
  return tubes
}

function postRow(state, row, dryRun) {
  const there = state.tubes.get(row.tube)
  const rejected = (code, detail, detailZh) => ({ id: row.id, tube: row.tube, status: 'rejected', problem: code, detail, detailZh })
  if (!there) return rejected('unknown-tube', 'no samples of this tube are known', '没有这支试管的采样记录，请核对条码，或等采样设备上传')
  const last = there.results.at(-1)
  if (there.results.some(({ id }) => id === row.id)) return { id: row.id, tube: row.tube, status: 'duplicate' }
  if (last && row.amends !== last.version) {
    if (row.amends === undefined && last.outcome === row.outcome && last.reported === row.reported) return { id: row.id, tube: row.tube, status: 'duplicate' }
    return rejected('already-reported', 'this tube has a result already that says something else', '该试管已有结果，且与本行不同，如需更正请写明更正的版本')
  }
  const version = (last?.version ?? 0) + 1
  if (!dryRun) there.results.push({ ...row, version, posted: new Date().toISOString(), staffId: 6 })
  return { id: row.id, tube: row.tube, status: 'recorded', version, people: there.people }
}

/** Rows of a file, refused ones with what is wrong. */
function importRows(state, text, institution, dryRun) {
  const [head, ...lines] = text.replace(/^\ufeff/, '').trim().split(/\r?\n/)
  const columns = head.split(',')
  const rows = lines.map((line, i) => {
    const cell = Object.fromEntries(line.split(',').map((value, at) => [columns[at], value]))
    const outcome = OUTCOMES[cell['结果']]
    if (!outcome) return { line: i + 2, text: line, status: 'rejected', tube: cell['试管码'], problem: 'invalid-field', detail: `outcome “${cell['结果']}” is not one of the choices`, detailZh: `结果“${cell['结果']}”不在可选范围` }
    const at = (name) => `${cell[name].replace(' ', 'T')}:00+08:00`
    const row = { id: `${institution}/${line}`, tube: cell['试管码'], outcome, method: 'naat', received: at('接收时间'), reported: at('报告时间'), institution }
    return { line: i + 2, text: line, ...postRow(state, row, dryRun) }
  })
  const of = (status) => rows.filter((row) => row.status === status)
  const refused = of('rejected')
  return {
    ...{ dryRun, rows: rows.length, recorded: of('recorded').length, duplicates: of('duplicate').length, rejected: refused.length },
    people: of('recorded').reduce((sum, { people }) => sum + people, 0),
    items: refused.map(({ text: _text, id: _id, ...rest }) => rest),
    errors: refused.length ? [`${head},错误`, ...refused.map(({ text: line, detailZh }) => `${line},${detailZh}`)].join('\r\n') : null,
  }
}

function boxOf(state, code) {
  const box = state.boxes.get(code) ?? { box: code, packed: null, sent: [], here: [] }
  state.boxes.set(code, box)
  const { sent, here, ...row } = box
  return { ...row, received: ago(0), missing: sent.filter((each) => !here.includes(each)), unsent: box.packed ? here.filter((each) => !sent.includes(each)) : here }
}

/** Answers {api, state} for a member of staff with a role. */
export function labApi(role = 'lab') {
  const state = {
    ...{ tubes: tubesOfTheCity(), imports: [], posted: [], received: [], asked: [], down: false, lost: 0, undone: [] },
    boxes: new Map([['BOX-2022-01', { box: 'BOX-2022-01', pointId: 2, pointName: '小寨东路采样点', packed: ago(2), courier: '王师傅', handedOver: ago(1.5), sent: ['XA2022-0001', 'XA2022-0002', 'XA2022-0003'], here: [] }]]),
  }
  const staff = { id: 6, name: `${role}-1`, role }
  const last = (url, from = 1) => decodeURIComponent(url.pathname.split('/').at(-from))
  const api = {
    'GET /v1/demo/accounts': () => ({ body: { items: [{ name: staff.name, role, password: 'p', totp: '123456' }] } }),
    'POST /v1/staff/sessions': () => ({ status: 201, body: { token: 't', expiresAt: '2100-01-01T00:00:00Z', staff } }),
    'GET /v1/staff/me': () => ({ body: staff }),
    'POST /v1/tube-results': ({ body }) => {
      if (state.down) return problem('store-unavailable', 503, { titleZh: '暂时不可用', title: 'Not available now' })
      state.posted.push(body.results)
      const items = body.results.map((row) => postRow(state, row, false))
      // The answer is lost on the way: the rows are recorded all the same.
      if (state.lost > 0) {
        state.lost -= 1
        return problem('internal', 500, { titleZh: '内部错误', title: 'Internal error' })
      }
      return { body: { items } }
    },
    'POST /v1/tube-results/import': ({ body, url, headers }) => {
      const [dryRun, institution] = [url.searchParams.get('dryRun') === 'true', url.searchParams.get('institution')]
      state.imports.push({ dryRun, institution, type: headers['content-type'], key: headers['idempotency-key'], bytes: body.length, text: body.toString() })
      return { body: importRows(state, body.toString(), institution, dryRun) }
    },
    'GET /v1/tubes/overdue': ({ url }) => {
      const [kind, hours] = [url.searchParams.get('kind'), Number(url.searchParams.get('hours'))]
      state.asked.push(`${kind} ${hours}`)
      const owners = { unpacked: { kind: 'point', name: '小寨东路采样点' }, 'in-transit': { kind: 'courier', name: '王师傅' }, 'without-result': { kind: 'lab', name: 'lab-1' } }
      const ages = kind === 'received-unsent' ? [0.1] : [5, 30, 9, 4.2]
      const items = ages.filter((age) => age >= hours).map((age, i) => ({ tube: `XA2022-09${i}0`, box: kind === 'in-transit' ? 'BOX-2022-07' : null, owner: i === 3 ? { kind: 'unknown', name: '' } : owners[kind], since: ago(age), ageS: Math.round(age * 3600), people: 10 - i }))
      return { body: { items } }
    },
    'POST /v1/tubes/receive': ({ body }) => {
      if (state.down) return problem('store-unavailable', 503, { titleZh: '暂时不可用', title: 'Not available now' })
      const items = body.tubes.map((each) => {
        const status = state.received.includes(each) ? 'duplicate' : 'recorded'
        if (status === 'recorded') state.received.push(each)
        if (body.box && status === 'recorded') state.boxes.get(body.box).here.push(each)
        return { id: each, status }
      })
      return { body: { items } }
    },
    'POST /v1/boxes/{box}/receive': ({ url }) => ({ body: boxOf(state, last(url, 2)) }),
    'GET /v1/tubes/{tube}': ({ url }) => {
      const [found, purpose] = [state.tubes.get(last(url)), url.searchParams.get('purpose')]
      state.asked.push(`${last(url)} ${purpose}`)
      return found && purpose ? { body: found } : problem('not-found', 404, { titleZh: '没有这支试管', title: 'No such tube' })
    },
    'POST /v1/tubes/{tube}/samples/{sample}/undo': ({ url, body }) => {
      const sample = state.tubes.get(last(url, 4)).samples.find(({ id }) => id === last(url, 2))
      Object.assign(sample, { undone: ago(0), undoneBy: { staffId: staff.id, name: staff.name, at: ago(0) } })
      state.undone.push(body.remark)
      return { status: 204 }
    },
  }
  return { api, state, staff }
}
