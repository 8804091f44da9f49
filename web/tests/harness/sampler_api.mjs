/// The part of the API a sampling table uses, for a {@link City}: keys, log in, points, rounds, samples, tubes, boxes.
import { gateApi } from './gate_api.mjs'

const POINT = {
  id: 12,
  name: '金水区文化路第一小学',
  kind: 'fixed',
  area: 410105001002,
  areaName: '金水区 经八路街道',
  address: '文化路 5 号操场',
  opens: '2022-01-05T02:00:00Z',
  closes: '2022-01-05T12:00:00Z',
  people10Min: 60,
  peopleToday: 812,
  tubesToday: 90,
}
const ROUND = { number: 3, nameZh: '全员核酸第三轮', nameEn: 'Round three', state: 'running' }

/** A store of the server's: what it has, by id, and how often it was told. */
function emptyState() {
  return {
    /** Sample id -> row as last told. */
    samples: new Map(),
    /** Row counts of the batches. */
    batches: [],
    devices: new Set(),
    duplicates: 0,
    seals: new Map(),
    undos: [],
    boxes: new Map(),
    handed: new Map(),
    waiting: null,
    rounds: [ROUND, { ...ROUND, number: 2, nameZh: '第二轮', state: 'closed' }],
    checks: [],
    /** Answer to a check, given the request's body. */
    check: () => ({ known: true, name: null, documentTail: null, standing: 'open', needsSingle: false }),
    /** Outcome of a row in place of `recorded`, or null. */
    outcome: () => null,
    /** Status of everything that is written, to play an outage. */
    refuse: null,
  }
}

function recordOf(state) {
  return ({ body }) => {
    state.batches.push(body.samples.length)
    state.devices.add(body.device)
    const items = body.samples.map((row) => {
      const other = state.outcome(row)
      if (other) return { id: row.id, ...other }
      const known = state.samples.get(row.id)
      if (known && known.undone === row.undone) state.duplicates += 1
      state.samples.set(row.id, { ...row, pointId: body.pointId })
      return { id: row.id, status: known ? 'duplicate' : 'recorded' }
    })
    return { body: { items } }
  }
}

function sealOf(state) {
  return ({ body }) => {
    const items = body.tubes.map(({ tube, sealed }) => {
      const known = [...state.samples.values()].some((row) => row.tube === tube)
      if (!known) return { id: tube, status: 'rejected', problem: 'unknown-tube' }
      state.seals.set(tube, sealed)
      return { id: tube, status: 'recorded' }
    })
    return { body: { items } }
  }
}

/** Answers {api, state} as {@link gateApi} does. */
export function samplerApi(city, nowS) {
  const { api: gate, state: trust } = gateApi(city, nowS)
  const state = Object.assign(emptyState(), { trust })
  const staff = { id: 9, name: 'sampler-1', role: 'sampler' }
  const session = { token: 't', expiresAt: '2100-01-01T00:00:00Z', staff }
  const accounts = [
    { name: 'sampler-1', role: 'sampler', password: 'p', totp: '123456' },
    { name: 'verifier-1', role: 'verifier', password: 'p', totp: '123456' },
  ]
  const api = {
    ...gate,
    'GET /v1/demo/accounts': () => ({ body: { items: accounts } }),
    'POST /v1/staff/sessions': ({ body }) =>
      body.totp === '123456'
        ? { status: 201, body: { ...session, staff: { ...staff, name: body.name, role: body.name.replace(/-\d+$/, '') } } }
        : { status: 403, body: { type: '/problems/wrong-sign-in', title: 'Wrong', titleZh: '用户名、密码或动态码不正确', status: 403 } },
    'GET /v1/sampling-points': ({ url }) => {
      const query = url.searchParams.get('query') ?? ''
      return { body: { items: [POINT].filter(({ name }) => name.includes(query)), nextCursor: null } }
    },
    'GET /v1/sampling-points/queues': () => ({
      body: { asOf: new Date().toISOString(), items: [{ ...POINT, waiting: state.waiting }, { ...POINT, id: 13, name: '纬二路社区广场', waiting: 8 }] },
    }),
    'GET /v1/campaigns': () => ({ body: { items: state.rounds, nextCursor: null } }),
    'POST /v1/samples': recordOf(state),
    'POST /v1/samples/check': ({ body }) => {
      state.checks.push(body)
      return { body: state.check(body) }
    },
    'POST /v1/tubes/seal': sealOf(state),
    [`POST /v1/sampling-points/${POINT.id}/queue`]: ({ body }) => {
      state.waiting = body.waiting
      return { body: { ...POINT, waiting: body.waiting } }
    },
    'POST /v1/boxes': ({ body }) => {
      state.boxes.set(body.box, body)
      return { body: { ...body } }
    },
  }
  const refusing = (handler) => (request) =>
    state.refuse ? { status: state.refuse, body: { type: '/problems/x', title: 'x', status: state.refuse } } : handler(request)
  for (const key of Object.keys(api)) if (key.startsWith('POST /v1/') && !key.includes('staff')) api[key] = refusing(api[key])
  /** Paths with an id in them: the page server looks exact addresses up first, then here. */
  const any = ({ method, pathname, body }) => {
    const handed = /^\/v1\/boxes\/([^/]+)\/hand-over$/.exec(pathname)
    if (method === 'POST' && handed) {
      state.handed.set(handed[1], body.courier)
      return { body: { box: handed[1], courier: body.courier } }
    }
    const undo = /^\/v1\/tubes\/([^/]+)\/samples\/([^/]+)\/undo$/.exec(pathname)
    if (method === 'POST' && undo) {
      state.undos.push({ tube: undo[1], id: undo[2], remark: body.remark })
      return { status: 204 }
    }
    return null
  }
  return { api: { ...api, any }, state }
}
