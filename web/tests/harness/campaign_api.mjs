/// The campaigns' part of the API with one synthetic Zhengzhou: a course with its rules, coverage, and answers that a test sets.
import { readFileSync } from 'node:fs'
import { deflateSync } from 'node:zlib'
import { encode, Tagged } from 'cborg'
import { base45 } from './city.mjs'

const SHIPPED = readFileSync(new URL('../../../campaigns/zhengzhou-2022-01-05.toml', import.meta.url), 'utf8')
const ROLES = { headquarters: 1, approver: 2, 'community-worker': 3, operator: 4 }
export const problem = (type, status, more = {}) => ({ status, body: { type: `/problems/${type}`, title: type, status, ...more } })

const AREAS = [
  [410173, '郑州航空港经济综合实验区', 5], ['zhengdong', '郑东新区', 5], [410171, '郑州经济技术开发区', 5], [410172, '郑州高新技术产业开发区', 5],
  [410105, '金水区', 5], [410103, '二七区', 5], [410102, '中原区', 5], [410104, '管城回族区', 5], [410108, '惠济区', 5],
  [410106, '上街区', 6], [410181, '巩义市', 6], [410183, '新密市', 6], [410182, '荥阳市', 6], [410185, '登封市', 6], [410184, '新郑市', 6], [410122, '中牟县', 6],
]
const areaOf = (code) => (typeof code === 'number' ? { kind: 'district', code } : { kind: 'zone', zone: code })
const windowsOf = (day) => [{ from: `2022-01-0${day}T0${day === 5 ? 2 : 1}:00:00Z`, to: `2022-01-0${day}T12:00:00Z` }]
const areas = () => AREAS.map(([code, nameZh, day]) => ({ area: areaOf(code), nameZh, windows: windowsOf(day) }))

/** How `people` stand when a share of them is done. */
function standings(people, share) {
  const some = (part) => Math.floor(people * part)
  const rest = share < 1 ? [0.002, 0.001] : [0, 0]
  const [zoneTested, vaccinated, outsideCity, tested, waiting, spared] = [0.01, 0.006, 0.004, 0, ...rest].map(some)
  const sampled = Math.max(0, some(share) - zoneTested - vaccinated - outsideCity)
  const open = people - sampled - zoneTested - vaccinated - outsideCity - tested - waiting - spared
  return { notIncluded: 0, sampled, zoneTested, vaccinated, outsideCity, tested, waiting, open, spared }
}

const total = (items) => items.reduce((sum, { people, standings: each }) => ({ ...Object.fromEntries(Object.entries(each).map(([key, n]) => [key, (sum[key] ?? 0) + n])), people: (sum.people ?? 0) + people }), {})

/** Answers of the coverage; before the start nobody is sampled. */
function coverageOf(state, url) {
  const begun = Boolean(state.file.started)
  const shares = (i) => (begun ? [0.52, 0.83, 0.97, 0.91, 0.62, 0.74, 0.985, 0.88, 0.79, 1, 0.31, 0.46, 0.66, 0.57, 0.93, 0.85][i] : 0)
  const query = url.searchParams
  const byArea = AREAS.map(([code, nameZh], i) => {
    const people = code === 410106 ? 0 : 1_300_000 - i * 71_000
    return { code: String(code), key: `${typeof code === 'number' ? 'district' : 'zone'}=${code}`, nameZh, people, standings: standings(people, shares(i)), ...(begun ? { samplesPerMin: 900 - i * 31 } : {}) }
  })
  const byCommunity = ['经八路第一社区', '经八路第二社区', '纬五路社区'].map((nameZh, i) => ({
    ...{ code: Number(`41010500${i < 2 ? 4 : 6}20${i + 1}`), communityId: 70 + i, nameZh, streetName: i < 2 ? '经八路街道' : '人民路街道' },
    ...{ people: 4200 + i, households: 1500, householdsDone: begun ? 700 + i * 300 : 0, standings: standings(4200 + i, begun ? 0.5 + i * 0.2 : 0) },
  }))
  const byHousehold = [
    { householdId: '900001', people: 4, standings: { ...standings(4, 0), sampled: 4, open: 0 } },
    { householdId: '900002', people: 3, standings: { ...standings(3, 0), sampled: 1, open: 2 } },
    { householdId: null, people: 2, standings: { ...standings(2, 0), open: 2 } },
  ]
  const items = query.has('community') ? byHousehold : query.has('by') ? byArea : byCommunity
  return { asOf: new Date().toISOString(), number: 1, total: { ...total(items), ...(query.has('by') ? { notIncluded: 12_345 } : {}) }, items, ...(query.has('by') ? { withoutCommunity: 4321 } : {}) }
}

export const COUNTS = {
  ...{ asOf: '2022-01-06T12:05:00Z', people: 12_600_000, given: 213_402, mostGiven: 213_615, share: 0.0169, lastShare: 0.009, lastId: 'zhengzhou-2021-08-05' },
  ...{ spared: { sealedZone: 5200, isolation: 496 }, waiting: 812, exempt: 310_000, sampled: 12_070_090 },
}

function missed(cursor) {
  const person = (n, household) => ({ person: { personId: `${n}`, name: `王*${n}`, documentTail: `12${n}`, communityId: 70, communityName: '经八路第一社区', householdId: household }, standing: n % 3 ? 'open' : 'waiting', spared: n === 12 })
  if (!cursor) return { items: [person(11, '900002'), person(12, '900002'), person(13, null)], nextCursor: 'next' }
  return { items: [person(14, '900003')], nextCursor: null }
}

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const declaration = (id, evidence, more = {}) => ({
  ...{ personId: '11', person: { personId: '11', name: '王*11', documentTail: '1211', communityId: 70, communityName: '经八路第一社区' }, id, campaign: 1 },
  ...{ kind: 'outside-city', sampled: '2022-01-04T03:00:00Z', evidence, declared: '2022-01-05T04:00:00Z', review: 'waiting', ...more },
})

/** A certificate of a vaccination, read by the page without its signature: the server has verified it. */
function certificate() {
  const content = { ver: '1.3.0', nam: { fn: 'WANG', gn: 'XIAO' }, dob: '1990-01-01', v: [{ tg: '840539006', dn: 3, sd: 3, dt: '2022-01-04', is: 'Issuer' }] }
  const claims = new Map([[1, 'DE'], [4, 1_700_000_000], [6, 1_641_000_000], [-260, new Map([[1, content]])]])
  const message = [encode(new Map([[1, -7]])), new Map(), encode(claims), new Uint8Array(64)]
  return `HC1:${base45(deflateSync(encode(new Tagged(18, message))))}`
}

/** What the server would say about a document, as far as the tests need it. */
function checked(document) {
  const problems = []
  if (document.includes('2022-01-05T21:00')) {
    problems.push({ line: document.startsWith('{') ? null : 15, field: 'areas[0].windows[0]', zh: '从 2022-01-05T21:00 到 2022-01-05T20:00：结束应晚于开始，且一段不超过 7 天', en: '2022-01-05T21:00 to 2022-01-05T20:00: it must end after it begins, and last 7 days at most' })
  }
  if (/"id": ""/.test(document)) problems.push({ line: null, field: 'id', zh: '编号“”只能用 3 至 64 个小写字母、数字和连字符', en: '``: use 3 to 64 lower-case letters, digits and hyphens' })
  if (/"areas": \[\]/.test(document)) problems.push({ line: null, field: 'areas', zh: '没有写明检测区域，请至少写一个', en: 'there is no area; write at least one' })
  if (/^colour =/m.test(document)) problems.push({ line: 3, field: 'colour', zh: '不认识“colour”一项，请删除或改正名称', en: '`colour` is not known; remove it or correct its name' })
  if (problems.length > 0) return { valid: false, problems }
  return { valid: true, problems, campaign: { notes: [], id: 'zhengzhou-2022-01-05', nameZh: '郑州市2022年1月5日全市核酸检测', nameEn: 'Zhengzhou, city-wide testing of 5 January 2022', from: '2022-01-05T02:00:00Z', to: '2022-01-06T12:00:00Z', areas: areas() } }
}

/** Answers {api, state}. `state.file` is the one campaign, `state.posted` what arrived, `state.as` who is signed in. */
export function campaignApi() {
  const state = { as: 'headquarters', posted: [], counts: COUNTS, file: null, checks: 0, reviewed: [] }
  let at = Date.parse('2022-01-04T08:00:00Z')
  const signature = (role = state.as) => ({ staffId: ROLES[role], name: `${role}-1`, at: new Date((at += 60_000)).toISOString() })
  state.draft = (document = SHIPPED, role = 'headquarters') => {
    state.file = {
      ...{ number: 1, id: 'zhengzhou-2022-01-05', nameZh: '郑州市2022年1月5日全市核酸检测', nameEn: 'Zhengzhou, city-wide testing of 5 January 2022' },
      ...{ basisZh: '郑州市2022年1月5日关于开展全市核酸检测的通告', basisEn: 'notice of the city of Zhengzhou of 5 January 2022 on testing all residents' },
      ...{ state: 'draft', version: 1, from: '2022-01-05T02:00:00Z', to: '2022-01-06T12:00:00Z', reason: 'missed-round', drafted: signature(role), given: 0, undone: 0 },
      ...{ document, format: document.startsWith('{') ? 'json' : 'toml', areas: areas(), refinements: [], exemptions: [], spared: [] },
    }
    return state.file
  }
  /** Somebody changes it, also beside the page. */
  state.change = (patch) => (state.file = { ...state.file, ...patch, version: state.file.version + 1 })
  state.sign = signature
  const CHANGES = {
    redraft: ({ document }) => ({ document, format: document.startsWith('{') ? 'json' : 'toml', drafted: signature() }),
    approve: () => ({ state: 'approved', approved: signature() }),
    withdraw: () => ({ state: 'withdrawn', withdrawn: signature() }),
    start: () => ({ state: 'running', started: signature() }),
    refine: ({ scope, windows }) => {
      const kind = Object.keys(scope)[0]
      return { refinements: [...state.file.refinements, { number: state.file.refinements.length + 1, scope: kind === 'area' ? { kind, ...scope.area } : { kind, code: scope[kind] }, scopeName: '经八路第二社区', windows, by: signature() }] }
    },
    'ask-to-close': () => ({ state: 'closing', closingAsked: signature(), closing: state.counts, mostGiven: state.counts.mostGiven }),
    'approve-closing': () => ({ closingApproved: signature(), given: 100_000 }),
    'refuse-closing': () => ({ state: 'running', closingAsked: null, closing: null }),
    reverse: () => ({ state: 'reversed', reversed: signature(), undone: 40_000 }),
  }
  const second = { approve: 'drafted', 'approve-closing': 'closingAsked' }
  const step = (name) => ({ body }) => {
    state.posted.push([name, body])
    if (body.version !== state.file.version) return problem('changed-meanwhile', 412, { titleZh: '内容刚被他人更改' })
    if (second[name] && (state.sameAs ?? state.file[second[name]]?.staffId) === ROLES[state.as]) return problem('second-person-needed', 409, { titleZh: '须由另一人办理' })
    return { body: state.change(CHANGES[name](body)) }
  }
  const staff = () => ({ id: ROLES[state.as], name: `${state.as}-1`, role: state.as })
  const api = {
    'GET /v1/server': () => ({ body: { city: { code: 410100, nameZh: '郑州市', nameEn: 'Zhengzhou' }, demo: true, time: new Date().toISOString(), statusListBase: '' } }),
    'GET /v1/demo/accounts': () => ({ body: { items: Object.keys(ROLES).map((role) => ({ name: `${role}-1`, role, password: 'p', totp: '123456' })) } }),
    'POST /v1/staff/sessions': ({ body }) => {
      state.as = body.name.replace(/-1$/, '')
      return { status: 201, body: { token: 't', expiresAt: '2100-01-01T00:00:00Z', staff: staff() } }
    },
    'GET /v1/staff/me': () => ({ body: staff() }),
    'DELETE /v1/staff/session': () => ({ status: 204 }),
    'GET /v1/campaigns': () => ({ body: { items: state.file ? [state.file] : [], nextCursor: null } }),
    'POST /v1/campaigns/check': ({ body }) => {
      state.checks += 1
      return { body: checked(body.document) }
    },
    'POST /v1/campaigns': ({ body }) => {
      state.posted.push(['draft', body])
      return { status: 201, body: state.draft(body.document, state.as) }
    },
    'GET /v1/campaigns/1': () => ({ body: state.file }),
    ...Object.fromEntries(Object.keys(CHANGES).map((name) => [`POST /v1/campaigns/1/${name}`, step(name)])),
    'GET /v1/campaigns/1/closing-preview': () => ({ body: state.counts }),
    'GET /v1/campaigns/1/coverage': ({ url }) => (state.coverageDown ? problem('store-unavailable', 503, { titleZh: '暂时不可用' }) : { body: coverageOf(state, url) }),
    'GET /v1/campaigns/1/progress': () => ({
      body: { since: '2022-01-05T02:00:00Z', items: Array.from({ length: 90 }, (_, i) => ({ at: new Date(Date.parse('2022-01-05T02:00:00Z') + i * 60_000).toISOString(), sampled: i * 9_000, open: 12_600_000 - i * 9_000 })) },
    }),
    'GET /v1/campaigns/1/missed': ({ url }) => ({ body: missed(url.searchParams.get('cursor')) }),
    'GET /v1/communities': () => ({ body: { items: [{ id: 70, name: '经八路第一社区', street: '经八路街道', district: '金水区' }] } }),
    'GET /v1/people/11': ({ url }) => {
      state.posted.push(['file', url.searchParams.get('purpose')])
      return { body: { personId: '11', documentKind: 'resident-id', documentNumber: '410105199001011211', name: '王小十一', phone: null, birthDate: '1990-01-01', nationality: 'CHN', communityId: 70, householdId: '900002', registeredAt: '2021-12-01T00:00:00Z', colour: 'green', reasons: [], results: [], vaccine: null } }
    },
    'GET /v1/declarations/list': ({ url }) => {
      const all = [declaration('d1', 'upload'), declaration('d2', 'eu-dcc', { kind: 'vaccinated' }), declaration('d3', 'community', { declaredBy: { staffId: ROLES[state.as], name: 'x', at: '2022-01-05T04:00:00Z' } }), declaration('d4', 'none', { campaign: null })]
      const [waiting, campaign] = [url.searchParams.has('waiting'), url.searchParams.get('campaign')]
      const known = all.map((each) => ({ ...each, ...(state.reviewed.find(({ id }) => id === each.id) ?? {}) }))
      const items = known.filter((each) => (!waiting || each.review === 'waiting') && (!campaign || each.campaign === Number(campaign)))
      return { body: { items, nextCursor: null } }
    },
    'GET /v1/people/11/declarations/d1/evidence': ({ url }) => {
      state.posted.push(['evidence', url.searchParams.get('purpose')])
      return { body: state.evidence ?? { kind: 'upload', mediaType: 'image/png', data: PNG } }
    },
    'GET /v1/people/11/declarations/d2/evidence': () => ({ body: { kind: 'eu-dcc', text: certificate() } }),
    ...Object.fromEntries(
      ['d1', 'd2', 'd3', 'd4'].map((id) => [
        `POST /v1/people/11/declarations/${id}/review`,
        ({ body }) => {
          state.posted.push(['review', id, body])
          const outcome = { id, review: body.accept ? 'accepted' : 'refused', remark: body.remark ?? null, reviewed: signature() }
          state.reviewed.push(outcome)
          return { body: { ...declaration(id, 'upload'), ...outcome } }
        },
      ]),
    ),
    'POST /v1/people/11/declarations': ({ body }) => {
      state.posted.push(['declare', body])
      return { status: 201, body: declaration('d9', 'community', body) }
    },
    'POST /v1/checks': () => ({ body: { personId: '11', name: '王*11', documentTail: '1211', colour: 'green', reasons: [], test: null, vaccine: null, subject: 's', asOf: '2022-01-05T04:00:00Z' } }),
    'POST /v1/rules/preview': ({ body }) => {
      state.posted.push(['rules', body])
      if (!body.rules.includes('[reasons.')) return { body: { valid: false, problems: [{ line: 2, key: 'reasons', zh: '缺少“reasons”一项，请补上', en: '`reasons` is missing; add it' }, { line: null, en: 'the rule pack is not complete' }], people: 0, recoloured: 0, changes: [], reasons: [], districts: [] } }
      return {
        body: {
          ...{ valid: true, problems: [], people: 12_600_000, recoloured: 4_310, released: 2_900, asOf: '2022-01-05T04:00:00Z', note: 'People are counted by the two latest tests of each.', noteZh: '按每人最近两次检测计算。' },
          changes: [{ from: 'yellow', to: 'green', people: 2_900 }, { from: 'green', to: 'yellow', people: 1_200 }, { from: 'yellow', to: 'red', people: 210 }],
          reasons: [{ code: 'general-contact', people: 2_900, from: 'yellow', to: 'green' }, { code: 'arrival', people: 1_200, from: 'green', to: 'yellow' }, { code: 'secondary-contact', people: 210, from: 'yellow', to: 'red' }],
          districts: [{ code: 410105, nameZh: '金水区', people: 2_000 }, { code: 410103, nameZh: '二七区', people: 2_310 }],
        },
      }
    },
  }
  return { api, state }
}
