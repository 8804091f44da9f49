/// The part of the API a gate uses, for a {@link City}: keys, lists with ETag, log in, venues, check-ins.
import { createHash } from 'node:crypto'

/** Answers {api, state}: `api` for `servePages`, `state` to look at and to change from a test. */
export function gateApi(city, nowS) {
  const state = { token: city.statusListToken(nowS()), recorded: new Map(), lists: 0, batches: [], looked: [], rejects: false }
  const etagOf = (bytes) => `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`
  const conditional = (bytes, type) => (request) => {
    const etag = etagOf(bytes)
    if (request.headers['if-none-match'] === etag) return { status: 304, headers: { ETag: etag } }
    return { body: bytes, type, headers: { ETag: etag, 'Cache-Control': 'max-age=30' } }
  }
  const jwks = Buffer.from(JSON.stringify(city.jwks()))
  const staff = { id: 7, name: 'verifier-1', role: 'verifier' }
  const api = {
    'GET /.well-known/jwks.json': conditional(jwks, 'application/json'),
    'GET /v1/status-lists': () => ({ body: { status_lists: [city.uri] } }),
    'GET /v1/status-lists/0': (request) => {
      state.lists += 1
      return conditional(state.token, 'application/statuslist+cwt')(request)
    },
    'GET /v1/demo/accounts': () => ({
      body: { items: [{ name: 'verifier-1', role: 'verifier', password: 'p', totp: '123456' }] },
    }),
    'POST /v1/staff/sessions': ({ body }) =>
      body.totp === '123456'
        ? { status: 201, body: { token: 't', expiresAt: '2100-01-01T00:00:00Z', staff } }
        : { status: 401, body: { type: '/problems/login', title: 'Wrong', titleZh: '账号或口令不对', status: 401 } },
    'GET /v1/venues': () => ({
      body: { items: [{ id: 3, name: '大雁塔地铁站 A 口', type: 'metro', districtCode: 610113 }] },
    }),
    'POST /v1/checks': ({ body }) => {
      if (!/^\d{17}[\dX]$/.test(body.document.number)) {
        const problem = { type: '/problems/check-digit', title: 'Check digit', field: 'document.number', status: 422 }
        return { status: 422, body: { ...problem, titleZh: '身份证校验位不对' } }
      }
      state.looked.push(body)
      const person = { name: '李**', documentTail: body.document.number.slice(-4), colour: 'green', reasons: [] }
      const rest = { test: null, vaccine: null, subject: 'c3ViamVjdCAwMDAwMDAwMQ', asOf: new Date().toISOString() }
      return { body: { ...person, ...rest } }
    },
    'POST /v1/check-ins': ({ body }) => {
      state.batches.push(body.checkIns.length)
      const items = body.checkIns.map((row) => {
        if (state.rejects) return { id: row.id, status: 'rejected', problem: '时间在将来' }
        const status = state.recorded.has(row.id) ? 'duplicate' : 'recorded'
        state.recorded.set(row.id, { ...row, venueId: body.venueId })
        return { id: row.id, status }
      })
      return { body: { items } }
    },
  }
  return { api, state }
}
