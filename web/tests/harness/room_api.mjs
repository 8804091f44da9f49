/// A waiting room in front of a resident's API, moved by the test: nothing here happens by itself.

/** Problem document of the contract. */
const problem = (type, status, more) => ({ status, body: { type: `/problems/${type}`, title: type, status, ...more } })

/**
 * Wraps the writes of `api` (see `residentApi`) in a room. Answers `room`, which a test changes: `open` lets everybody
 * straight in; `serving`, `ratePerS`, `paused`, `notice` are what the figures say; `expireBelow` lets tickets lapse.
 * `tickets` are all that were given out, `polls` counts requests for the figures, `entered` holds the headers of each write.
 */
export function withRoom(api, more = {}) {
  const room = {
    ...{ open: false, serving: 1000, issued: 2234, ratePerS: 2, pollS: 0.2, claimS: 300, paused: false, notice: null },
    ...{ expireBelow: 0, tickets: [], polls: 0, entered: [], passes: 0 },
    ...more,
  }
  const figures = () => {
    const { serving, issued, ratePerS, pollS, paused } = room
    return { serving, issued, ratePerS, pollS, longestPollS: 50, placeAfterS: 0.1, paused, asOf: new Date().toISOString() }
  }
  const ticketOf = (seq) => `ticket-${seq}`
  const enter = (handler) => (request) => {
    const ticket = request.headers['yimatong-ticket']
    room.entered.push({ ticket, pass: request.headers['yimatong-pass'], key: request.headers['idempotency-key'], at: request.url.pathname })
    const shown = room.tickets.find((seq) => ticketOf(seq) === ticket)
    const expired = shown !== undefined && shown < room.expireBelow
    const called = shown !== undefined && !expired && shown < room.serving
    if (room.open || called || request.headers['yimatong-pass']) {
      room.passes += 1
      const answer = handler(request)
      const ends = request.url.pathname === '/v1/people' || request.url.pathname === '/v1/devices'
      return ends ? answer : { ...answer, headers: { ...answer.headers, 'Yimatong-Pass': `pass-${room.passes}` } }
    }
    if (ticket === undefined) {
      // As somebody who has just come: the place is given to whoever shows this.
      const first = problem('wait-in-room', 429, { titleZh: '请排队', ticket: 'ticket', seq: null, expired: false, ...figures() })
      return { ...first, headers: { 'Retry-After': '1' } }
    }
    const seq = shown === undefined || expired ? room.issued : shown
    if (seq === room.issued) {
      room.tickets.push(seq)
      room.issued += 1
    }
    const refusal = problem('wait-in-room', 429, { titleZh: '请排队', ticket: ticketOf(seq), seq, expired, ...figures() })
    return { ...refusal, headers: { 'Retry-After': '2' } }
  }
  const writes = ['POST /v1/one-time-passwords', 'POST /v1/people', 'POST /v1/devices', 'POST /v1/paper-codes', 'POST /v1/relatives', 'POST /v1/declarations']
  const guarded = Object.fromEntries(writes.filter((route) => api[route]).map((route) => [route, enter(api[route])]))
  const now = () => {
    room.polls += 1
    return { body: { ...figures(), claimS: room.claimS, notice: room.notice }, headers: { 'Cache-Control': 'no-store' } }
  }
  return { api: { ...api, ...guarded, 'GET /v1/room/now.json': now }, room }
}
