/// Lists for coordinators: problems of samples, re-sample tasks, case files, sampling points, and a personal file.
import { person } from './lab_api.mjs'

const problem = (type, status, more = {}) => ({ status, body: { type: `/problems/${type}`, title: type, status, ...more } })
const ago = (hours) => new Date(Date.now() - hours * 3_600_000).toISOString()

const COMMUNITIES = [
  { id: 7, name: '小寨路街道第3社区', street: '小寨路街道', district: '雁塔区', districtCode: 610113, code: 610113001003 },
  { id: 8, name: '小寨路街道第4社区', street: '小寨路街道', district: '雁塔区', districtCode: 610113, code: 610113001004 },
  { id: 9, name: '张家堡街道第1社区', street: '张家堡街道', district: '未央区', districtCode: 610112, code: 610112002001 },
]

const point = (id, name, more) => ({ id, name, kind: 'fixed', area: 610113001003, areaName: '小寨路街道第3社区', address: '小寨东路 126 号', people10Min: 0, peopleToday: 0, tubesToday: 0, ...more })

const POINTS = [
  point(1, '含光路采样点', { people10Min: 12, peopleToday: 640, tubesToday: 66, waiting: 9, waitingAt: ago(0.1), opens: ago(6), closes: ago(-6) }),
  point(2, '小寨东路采样点', { people10Min: 58, peopleToday: 2210, tubesToday: 223, waiting: 210, waitingAt: ago(0.05), opens: ago(6), closes: ago(-6) }),
  point(3, '流动采样车 3 号', { kind: 'mobile', people10Min: 25, peopleToday: 410, tubesToday: 41, area: 610113001, areaName: '小寨路街道', address: '明德门小区南门' }),
  point(4, '吉祥村入户组', { kind: 'door-to-door', people10Min: 3, peopleToday: 38, tubesToday: 38 }),
  point(5, '张家堡广场采样点', { area: 610112002001, areaName: '张家堡街道第1社区', address: '张家堡广场', peopleToday: 90, tubesToday: 9, waiting: 40, waitingAt: ago(0.2) }),
  point(6, '电视塔采样点', { closed: ago(20), address: '长安南路', peopleToday: 0 }),
]

const TEST = { ...{ outcome: 'negative', tube: 'pooled', method: 'naat', institution: '西安市第三医院' }, ...{ sampled: ago(20), received: ago(17), reported: ago(12) } }
const RESULTS = [{ ...TEST, corrected: { at: '2022-01-05T02:30:00Z', formerOutcome: 'positive' } }, { ...TEST, sampled: ago(70) }]
const FILE = {
  ...{ documentKind: 'resident-id', documentNumber: '610113198501010010', name: '张小二', phone: '13900000001', birthDate: '1985-01-01' },
  ...{ nationality: 'CHN', communityId: 7, householdId: '101', registeredAt: ago(500), colour: 'yellow', reasons: [], results: RESULTS, vaccine: null },
}

/** Answers {api, state}; to be laid over {@link labApi}. */
export function coordinatorApi() {
  const state = {
    points: structuredClone(POINTS),
    problems: [
      { id: 31, at: ago(3), kind: 'barcode-used', tube: 'XA2022-0005', pointId: 2, pointName: '小寨东路采样点', staffId: 4 },
      { id: 32, at: ago(2), kind: 'name-differs', tube: 'XA2022-0006', person: person(2), pointId: 2, pointName: '小寨东路采样点', staffId: 4 },
      { id: 33, at: ago(30), kind: 'tube-over', tube: 'XA2022-0007', pointId: 1, pointName: '含光路采样点', staffId: 5, resolved: ago(20), resolvedBy: { staffId: 8, name: 'headquarters-1', at: ago(20) }, remark: '十一人同户，已核对' },
    ],
    ...{ queries: [], files: [], alreadyResolved: false },
  }
  const last = (url, from = 1) => url.pathname.split('/').at(-from)
  const api = {
    'GET /v1/communities': ({ url }) => {
      const query = url.searchParams.get('query')
      return { body: { items: COMMUNITIES.filter(({ name, district }) => name.includes(query) || district.includes(query)) } }
    },
    'GET /v1/sample-problems': ({ url }) => ({ body: { items: state.problems.filter(({ resolved }) => !resolved || url.searchParams.get('open') === 'false') } }),
    'POST /v1/sample-problems/{id}/resolve': ({ url, body }) => {
      const found = state.problems.find(({ id }) => id === Number(last(url, 2)))
      if (found.resolved) return problem('already-resolved', 409, { titleZh: '这个问题已由他人处理', title: 'Somebody else has resolved it' })
      Object.assign(found, { resolved: ago(0), resolvedBy: { staffId: 6, name: 'headquarters-1', at: ago(0) }, remark: body.remark })
      return { body: found }
    },
    'GET /v1/resample-tasks': ({ url }) => {
      state.queries.push(url.search)
      const people = url.searchParams.has('community') ? [1, 2] : [1, 2, 3, 4]
      return { body: { items: people.map((n) => ({ id: `00000000-0000-4000-8000-00000000000${n}`, person: person(n), tube: 'XA2022-0008', campaign: 1, sampled: ago(20), made: ago(26 / n), ageS: Math.round((26 / n) * 3600) })) } }
    },
    'GET /v1/case-files': () => ({
      body: {
        items: [
          { id: '00000000-0000-4000-8000-0000000000c1', person: person(5), opened: ago(5), tube: 'XA2022-0200', state: 'open' },
          { id: '00000000-0000-4000-8000-0000000000c2', person: person(6), opened: ago(50), tube: null, state: 'withdrawn' },
        ],
      },
    }),
    'GET /v1/people/{person}': ({ url }) => {
      state.files.push(`${last(url)} ${url.searchParams.get('purpose')}`)
      return { body: { personId: last(url), ...FILE } }
    },
    'GET /v1/sampling-points': ({ url }) => {
      const [query, area] = [url.searchParams.get('query') ?? '', url.searchParams.get('area') ?? '']
      state.queries.push(url.search)
      return { body: { items: state.points.filter((each) => (each.name + each.address).includes(query) && String(each.area).startsWith(area)) } }
    },
    'POST /v1/sampling-points': ({ body }) => {
      if (!body.name.includes('点')) return problem('invalid-field', 422, { field: 'name', title: 'must say that it is a point', titleZh: '名称应写明是采样点' })
      const made = point(state.points.length + 1, body.name, { ...body, areaName: COMMUNITIES.find(({ code }) => String(code).startsWith(String(body.area)))?.name })
      state.points.push(made)
      return { status: 201, body: made }
    },
    'POST /v1/sampling-points/{id}/close': ({ url }) => {
      const found = state.points.find(({ id }) => id === Number(last(url, 2)))
      found.closed = ago(0)
      return { body: found }
    },
  }
  return { api, state }
}
