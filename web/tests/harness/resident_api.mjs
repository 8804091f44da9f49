/// The part of the API a resident's page uses, for a {@link City}: one-time password, registration, code.
import { paperText } from './city.mjs'
import { roundApi } from './round_api.mjs'

const at = (ms) => new Date(ms).toISOString()

/** What a code is made of; a test changes it through `state.person`. */
const PERSON = { name: '张*三', documentTail: '001X', colour: 'green', reasons: [], validS: 86_400 }

/** Answers {api, state}. `state.registered` and `state.added` are the last bodies that registered and that added a relative, `state.person` what the code shows. */
export function residentApi(city, nowS) {
  // A test stays the one it is: a moving time would be a new test with every answer.
  const bornS = nowS()
  const state = { person: { ...PERSON }, registered: null, holder: null, relatives: [], added: null, asked: 0 }
  const code = (overrides = {}) => {
    const { name, documentTail, colour, reasons, validS } = { ...state.person, ...overrides }
    // A credential is always good for a day; an expired code is one issued longer ago.
    const issuedAtS = nowS() - 86_400 + validS
    const credential = city.credential({ issuedAtS, holder: state.holder, colour, name, tail: documentTail })
    return {
      ...{ personId: '1', name, documentTail, colour, reasons, kind: 'device', clockReference: 'sampled' },
      test: {
        ...{ sampled: at((bornS - 20 * 3600) * 1000), received: at((bornS - 16 * 3600) * 1000) },
        ...{ reported: at((bornS - 10 * 3600) * 1000), badge: 'within-24h', institution: '西安市第三医院' },
        ...{ outcome: 'negative', tube: 'pooled', method: 'naat' },
      },
      vaccine: { doses: 3, last: '2021-11-20' },
      credential: credential.toString('base64url'),
      ...{ issuedAt: at(issuedAtS * 1000), expiresAt: at((issuedAtS + 86_400) * 1000), asOf: at(nowS() * 1000) },
    }
  }
  const opened = (body) => {
    const { x, y } = body.devicePublicKey
    state.holder = { x: Buffer.from(x, 'base64url'), y: Buffer.from(y, 'base64url') }
    state.registered = body
    return { status: 201, body: { session: { token: crypto.randomUUID(), expiresAt: '2100-01-01T00:00:00Z' }, code: code(), notes: [] } }
  }
  const api = {
    'GET /v1/server': () => ({
      body: { city: { code: 610100, nameZh: '西安市', nameEn: 'Xi’an' }, demo: true, time: at(nowS() * 1000) },
    }),
    'POST /v1/one-time-passwords': () => ({ status: 202, body: { expiresInS: 300, resendAfterS: 60, demoCode: '482913' } }),
    'POST /v1/people': ({ body }) => opened(body),
    'POST /v1/devices': ({ body }) => opened(body),
    'GET /v1/communities': () => ({
      body: { items: [{ id: 8, name: '电子城社区', street: '电子城街道', district: '雁塔区' }] },
    }),
    'GET /v1/code': () => {
      state.asked += 1
      return { body: code(), headers: { ETag: `"${state.person.colour}"` } }
    },
    'GET /v1/relatives': () => ({ body: { items: state.relatives } }),
    'POST /v1/relatives': ({ body }) => {
      const item = { personId: '2', relation: body.relation, code: { ...code({ name: '李*', documentTail: body.document.number.slice(-4) }), personId: '2', kind: 'relative' } }
      state.relatives = [item]
      state.added = body
      return { status: 201, body: item }
    },
    'POST /v1/paper-codes': () => {
      const credential = city.credential({ issuedAtS: nowS(), kind: 'paper' })
      const text = paperText(credential)
      const expiresAt = at((nowS() + 7 * 86_400) * 1000)
      const { name, documentTail, colour } = state.person
      const sheet = { paperId: '8f3c21', text, name, documentTail, colour, city: '610100' }
      return { status: 201, body: { ...sheet, issuedAt: at(nowS() * 1000), expiresAt } }
    },
    'DELETE /v1/session': () => ({ status: 204 }),
  }
  return { api: { ...api, ...roundApi(city, nowS, state) }, state }
}
