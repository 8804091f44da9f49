/// The part of the API about a round of testing for one resident: schedule, samples, results, proofs, declarations.
import { testCertificate } from './city.mjs'

const HOUR_S = 3600
const at = (s) => new Date(s * 1000).toISOString()
const problem = (type, status, more) => ({ status, body: { type: `/problems/${type}`, title: type, status, ...more } })

/** A round of today: open since an hour ago, for five more hours. */
export function openRound(nowS, more = {}) {
  const windows = [{ from: at(nowS - HOUR_S), to: at(nowS + 5 * HOUR_S) }]
  return {
    ...{ number: 3, id: 'xian-2022-01-05', nameZh: '西安市第三轮全员核酸', nameEn: 'Xi’an, third round', state: 'running' },
    ...{ person: { personId: '1', name: '张*三' }, windows, turn: 'open', standing: 'open', atWork: false, declarable: true },
    ...{ noticeZh: '请带好身份证件，戴口罩，保持一米距离。', noticeEn: 'Bring your identity document, wear a mask, keep one metre apart.' },
    missedZh: '未参加本轮核酸的，健康码转为黄码。',
    missedEn: 'Whoever does not take part gets a yellow code.',
    points: [
      {
        ...{ id: 1, name: '电子城小学操场', kind: 'fixed', address: '雁塔区电子一路 18 号', people10Min: 60 },
        ...{ opens: at(nowS - HOUR_S), closes: at(nowS + 5 * HOUR_S), waiting: 35, waitingAt: at(nowS - 300) },
      },
      { id: 2, name: '流动采样车 2 号', kind: 'mobile', address: '电子正街路口', people10Min: 0 },
    ],
    ...more,
  }
}

/**
 * Answers the routes. `state`, the resident's, gets what these know: a test changes `state.rounds`, `state.results`, `state.samples`, `state.declarations`, `state.refuse`
 * (a problem for the next reads of these); `state.scheduleAsked` counts, `state.declared` holds the bodies that came.
 */
export function roundApi(city, nowS, state) {
  const result = (id, ageH, more = {}) => ({
    ...{ id, outcome: 'negative', tube: 'pooled', method: 'naat', tubeBarcode: `T${id}`, site: '电子城小学操场' },
    ...{ sampled: at(nowS() - ageH * HOUR_S), received: at(nowS() - (ageH - 3) * HOUR_S), reported: at(nowS() - (ageH - 8) * HOUR_S) },
    ...{ institution: '西安市第三医院', ...more },
  })
  Object.assign(state, {
    ...{ rounds: [], scheduleAsked: 0, scheduleUnchanged: 0, refuse: null, proofs: 0, declarations: [], declared: [], refuseDeclaration: null },
    results: [result('r1', 20), result('r2', 60, { corrected: { at: at(nowS() - 50 * HOUR_S), formerOutcome: 'positive' } }), result('r3', 90), result('r4', 100, { outcome: 'invalid' })],
    samples: [{ id: 's1', sampled: at(nowS() - 20 * HOUR_S), tube: 'Tr1', size: 10, pointName: '电子城小学操场' }],
  })
  const proofOf = (found) => ({
    ...{ name: '张三三', maskedName: '张*三', documentKind: 'resident-id', documentTail: '001X', result: found },
    certificate: testCertificate(city.key, { issuedAtS: nowS() - 60, sampledS: Math.floor(Date.parse(found.sampled) / 1000) }),
    ...{ certificateId: `URN:UVCI:01:CN:610100/${found.id}`, issuedAt: at(nowS() - 60), keyId: city.key.kid.toString('base64url') },
    city: { nameZh: '西安市', nameEn: 'Xi’an' },
  })
  const read = (handler) => (request) => state.refuse ?? handler(request)
  const proofs = Object.fromEntries(
    state.results.map(({ id }) => [
      `GET /v1/results/${id}/proof`,
      read(() => {
        const found = state.results.find((one) => one.id === id)
        if (!found) return problem('not-found', 404, { titleZh: '没有这个结果' })
        if (found.outcome === 'invalid') return problem('no-certificate', 409, { titleZh: '这次采样没有结果，不能出证明' })
        state.proofs += 1
        return { body: proofOf(found) }
      }),
    ]),
  )
  return {
    ...proofs,
    'GET /v1/schedule': read(({ headers }) => {
      state.scheduleAsked += 1
      const etag = `"${state.rounds.length}-${state.rounds.map(({ standing }) => standing).join()}"`
      if (headers['if-none-match'] === etag) {
        state.scheduleUnchanged += 1
        return { status: 304, headers: { ETag: etag } }
      }
      return { body: { asOf: at(nowS()), items: state.rounds }, headers: { ETag: etag } }
    }),
    'GET /v1/results': read(() => ({ body: { items: state.results } })),
    'GET /v1/samples': read(() => ({ body: { items: state.samples } })),
    'GET /v1/declarations': read(() => ({ body: { items: state.declarations } })),
    'POST /v1/declarations': ({ body }) => {
      state.declared.push(body)
      if (state.refuseDeclaration) return state.refuseDeclaration
      const { campaign, kind, sampled, relative, evidence } = body
      const made = {
        ...{ personId: relative ?? '1', id: String(state.declared.length), campaign, kind, sampled, evidence: evidence.kind },
        ...{ declared: at(nowS()), review: 'waiting' },
      }
      state.declarations = [made, ...state.declarations]
      return { status: 201, body: made }
    },
  }
}
