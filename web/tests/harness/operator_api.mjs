/// The operators' part of the API, with figures that the test sets. Settings are checked as far as a page notices.

const CLASSES = ['b0', 'b1', 'b2', 'b3', 'b4']
const FATES = ['offered', 'admitted', 'goodput', 'degraded', 'ticketed', 'refused']

const DEFAULTS = {
  admission: {
    ...{ firstPermits: 16, fewestPermits: 4, mostPermits: 256, queueMs: 50, longestWaitMs: 250, holdMs: 3000 },
    ...{ shares: [0.25, 0.4, 0, 0.1, 0.05], retryShare: 0.1 },
  },
  room: { claimS: 300, pollsPerS: 500, shortestPollS: 2 },
  rates: {
    ...{ device: { perS: 2, burst: 20 }, address: { perS: 200, burst: 2000 } },
    ...{ oneTimePasswords: { perS: 20, burst: 400 }, signIns: { perS: 1, burst: 60 } },
  },
}

const problem = (type, status, more) => ({ status, body: { type: `/problems/${type}`, title: type, status, ...more } })

/** Requests per second of class `i` `s` seconds ago: a surge that began a minute ago. */
function ratesAgo(i, s) {
  const surge = s < 60 && i === 3 ? 40 : 1
  const offered = [40, 60, 900, 30, 20][i] * surge
  const goodput = Math.min(offered, [40, 60, 900, 55, 20][i])
  const ticketed = i === 3 ? Math.max(0, offered - 60) : 0
  return { offered, admitted: goodput + (i === 3 && surge > 1 ? 5 : 0), goodput, degraded: i === 2 && s < 60 ? 30 : 0, ticketed, refused: i === 4 && s < 60 ? 4 : 0 }
}

/** Answers {api, state}; `state.posted` are the changes that arrived, `state.set(settings)` is a change by somebody else. */
export function operatorApi(nowMs = () => Date.now()) {
  const state = {
    ...{ settings: structuredClone(DEFAULTS), switches: { vaccineBadge: true, statistics: true, history: true } },
    ...{ version: 0, notice: null, alarms: [], posted: [], reads: 0, down: false, changedBy: null, changedAt: null },
  }
  state.set = (settings) => Object.assign(state, { settings, version: state.version + 1 })
  const totals = CLASSES.map(() => Object.fromEntries(FATES.map((fate) => [fate, 0])))
  const figures = () => {
    state.reads += 1
    totals.forEach((total, i) => FATES.forEach((fate) => (total[fate] += ratesAgo(i, 0)[fate])))
    return {
      ...{ asOf: new Date(nowMs()).toISOString(), node: 'node-1', protection: 'ours', saturated: true },
      ...{ permits: { limit: 18, inUse: 17 }, capacityPerS: 123.4, completionsPerS: 118, storeTimeMs: 11.2, lagMs: 0.3 },
      room: { issued: 5300, serving: 4100, waiting: 1200, ratePerS: 45.5, paused: false, flowsUnderWay: 61 },
      connections: { open: 8123, limit: 20000, handshakes: 3, parked: 210 },
      classes: CLASSES.map((name, i) => ({ class: name, ...totals[i], cancelled: 0, failed: 0, queued: i, queueDelayMs: i * 10.5 })),
      ...{ alarms: state.alarms, settings: state.settings, settingsTag: `"${state.version}"`, switches: state.switches, notice: state.notice, changedBy: state.changedBy, changedAt: state.changedAt },
    }
  }
  const history = () => {
    const atS = Math.floor(nowMs() / 1000)
    return Array.from({ length: 300 }, (_, i) => ({
      ...{ atS: atS - 299 + i, classes: CLASSES.map((_name, place) => ratesAgo(place, 299 - i)) },
      ...{ queueDelayMs: [0, 0, 0, 0, 0], capacityPerS: 120, waiting: 0, connections: 8000 },
    }))
  }
  const staff = { id: 9, name: 'operator-1', role: 'operator' }
  const took = (what) => {
    state.posted.push(what)
    Object.assign(state, { changedBy: staff.id, changedAt: new Date(nowMs()).toISOString() })
  }
  const api = {
    'GET /v1/demo/accounts': () => ({ body: { items: [{ name: 'operator-1', role: 'operator', password: 'p', totp: '123456' }] } }),
    'POST /v1/staff/sessions': () => ({ status: 201, body: { token: 't', expiresAt: '2100-01-01T00:00:00Z', staff } }),
    'GET /v1/staff': () => ({ body: { items: [staff] } }),
    'GET /v1/staff/me': () => ({ body: staff }),
    'GET /v1/overload': ({ url }) => {
      if (state.down) return problem('store-unavailable', 503, { titleZh: '暂时不可用' })
      const now = figures()
      return { body: url.searchParams.has('history') ? { ...now, history: history() } : now }
    },
    'POST /v1/overload/settings': ({ body, headers }) => {
      if (headers['if-match'] !== `"${state.version}"`) return problem('changed-meanwhile', 412, { titleZh: '内容刚被他人更改' })
      const settings = { ...DEFAULTS, ...body }
      if (settings.admission.mostPermits > 10_000) {
        return problem('invalid-setting', 422, { field: 'admission.mostPermits', title: 'must be fewestPermits to 10000', titleZh: '应在“最少并发许可”到 10000 之间' })
      }
      took(body)
      state.set(settings)
      return { body: settings }
    },
    'POST /v1/overload/switches': ({ body }) => {
      took(body)
      state.switches = body
      return { body }
    },
    'POST /v1/notices': ({ body }) => {
      took(body)
      state.notice = { ...body, at: new Date(nowMs()).toISOString() }
      return { status: 201, body: state.notice }
    },
    'DELETE /v1/notices': () => {
      took(null)
      state.notice = null
      return { status: 204 }
    },
    'POST /v1/registry/reload': () => {
      took('reload')
      return { status: 202, body: {} }
    },
    'GET /v1/statistics': () => {
      if (!state.switches.statistics) return problem('switched-off', 503, { detailZh: '统计已停用' })
      const districts = [['610113', '雁塔区', 9000], ['610112', '未央区', 6000], ['610104', '莲湖区', 5000]]
      return {
        body: {
          ...{ asOf: new Date(nowMs()).toISOString(), people: 20000, colours: { green: 19700, yellow: 260, red: 40 } },
          tested: { h24: 9000, h48: 16500, h72: 18200 },
          districts: districts.map(([code, nameZh, people]) => ({ code: Number(code), nameZh, people, green: people - 150, yellow: 130, red: 20, h48: people * 0.8 })),
        },
      }
    },
  }
  return { api, state }
}
