// Tries parts for real, on loopback: two nodes that keep half of the city each, over a PostgreSQL of its own, behind haproxy.cfg with parts.cfg.
//   node deploy/try/parts.mjs [path of yimatong] [folder for logs and screenshots]     (needs HAProxy, openssl, PostgreSQL 15, Chromium; 1 minute)
// People register and show through the proxy, some of them in a browser; the nodes count redirects. Exit 1 when something is not as it should be.
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { selectors } from '../../web/node_modules/playwright-core/index.mjs'
import { register } from '../../web/tests/harness/citizen_page.mjs'
import { complaints, launch } from '../../web/tests/harness/chromium.mjs'
import { Database } from './faults/database.mjs'
import { somebody } from './faults/people.mjs'
import { Processes, until } from './faults/processes.mjs'
import { ask, get } from './phones.mjs'

const [yimatong = 'target/release/yimatong', out = 'target/parts'] = process.argv.slice(2)
const deploy = dirname(dirname(fileURLToPath(import.meta.url)))
const PORT = 18600
const nodes = { a: { port: PORT + 10, part: '1/2' }, b: { port: PORT + 11, part: '2/2' } }
const url = `https://127.0.0.1:${PORT + 43}`
const unrouted = `https://127.0.0.1:${PORT + 45}`
const PEOPLE = 40
let wrong = 0

mkdirSync(out, { recursive: true })
const work = mkdtempSync('/dev/shm/yimatong-parts-')
chmodSync(work, 0o755) // PostgreSQL runs as another user
const processes = new Processes(out)
const database = new Database(processes, work, PORT)

function say(what, value, isRight = true) {
  if (!isRight) wrong++
  console.log(`${isRight ? ' ' : 'X'} ${what}`.padEnd(84), typeof value === 'object' ? JSON.stringify(value) : value)
}

async function startNode(name) {
  const { port, part } = nodes[name]
  const env = { YIMATONG__SERVER__TRUSTED_PROXIES: '127.0.0.1', YIMATONG__SERVER__NODE: name, YIMATONG__REGISTRY__PART: part, YIMATONG__SERVER__PUBLIC_URL: url }
  const args = ['serve', '--demo', '--data', join(work, name), '--store', database.url(), '--listen', `127.0.0.1:${port}`]
  processes.start(name, yimatong, args, { env })
  await until(async () => (await get(`http://127.0.0.1:${port}/readyz`).catch(() => ({}))).status === 200, 60_000, `node ${name} is ready`)
}

/** The files of the deploy folder as they are, but for addresses and what needs root; `routes`: with the line for parts. */
function startProxy(name, port, routes) {
  const changes = [
    ['10.0.0.11:8080', `127.0.0.1:${nodes.a.port}`], ['10.0.0.12:8080', `127.0.0.1:${nodes.b.port}`],
    ['bind :80', `bind 127.0.0.1:${port - 20}`], ['bind :443', `bind 127.0.0.1:${port}`], ['bind 127.0.0.1:8404', `bind 127.0.0.1:${port + 20}`],
    ['/etc/haproxy/yimatong.pem', join(work, 'tls.pem')], ['/run/haproxy/admin.sock', join(work, `${name}.sock`)],
    ['maxconn 60000', 'maxconn 2000'], ['maxconn 18000', 'maxconn 1000'], ['    user haproxy\n', ''], ['    group haproxy\n', ''],
    ...(routes ? [['#use_backend part-', 'use_backend part-'], ['#http-request set-var', 'http-request set-var']] : []),
  ]
  const files = ['haproxy.cfg', 'parts.cfg'].map((file) => {
    const text = changes.reduce((text, [from, to]) => text.replaceAll(from, to), readFileSync(join(deploy, 'haproxy', file), 'utf8'))
    writeFileSync(join(work, `${name}-${file}`), text)
    return ['-f', join(work, `${name}-${file}`)]
  })
  execFileSync('haproxy', ['-c', '-q', ...files.flat()], { stdio: 'inherit' })
  processes.start(name, 'haproxy', ['-db', ...files.flat()])
  return until(async () => (await get(`https://127.0.0.1:${port}/readyz`).catch(() => ({}))).status === 200, 30_000, `${name} answers`)
}

function writeCertificate() {
  const files = ['-keyout', join(work, 'key.pem'), '-out', join(work, 'cert.pem')]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost', ...files], { stdio: 'ignore' })
  writeFileSync(join(work, 'tls.pem'), readFileSync(join(work, 'cert.pem'), 'utf8') + readFileSync(join(work, 'key.pem'), 'utf8'))
}

async function counted(name) {
  const { body } = await get(`http://127.0.0.1:${nodes[name].port}/metrics`)
  const of = (metric) => Number(body.match(new RegExp(`^yimatong_${metric} (\\d+)`, 'm'))[1])
  return { redirects: of('part_redirects_total'), misdirected: of('part_misdirected_total'), people: of('registry_people'), foreign: of('registry_foreign_people'), sequence: of('registry_sequence') }
}
const sum = async (figure) => (await counted('a'))[figure] + (await counted('b'))[figure]

const cookieOf = ({ headers }) => headers['set-cookie']?.[0].split(';')[0]

/** Somebody registers through the proxy; answers the session, and the cookie. */
async function person() {
  const { phone, document, key } = somebody()
  const { demoCode } = JSON.parse((await ask('POST', `${url}/v1/one-time-passwords`, { json: { phone } })).body)
  const json = { phone, oneTimePassword: demoCode, document, name: '王建国', devicePublicKey: key }
  const answer = await ask('POST', `${url}/v1/people`, { json })
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.body}`)
  return { token: JSON.parse(answer.body).session.token, cookie: cookieOf(answer) }
}

const tally = (items) => Object.fromEntries([...new Set(items)].sort().map((item) => [item, items.filter((other) => other === item).length]))

async function phonesWithoutBrowser() {
  const people = []
  for (let n = 0; n < PEOPLE; n++) people.push(await person())
  const last = Math.max((await counted('a')).sequence, (await counted('b')).sequence)
  await until(async () => (await counted('a')).sequence >= last && (await counted('b')).sequence >= last, 10_000, 'both nodes have heard of everybody')
  const cookies = tally(people.map(({ cookie }) => cookie))
  say(`${PEOPLE} people registered at any node; cookies`, cookies, Object.keys(cookies).join() === 'part=1-2,part=2-2')
  const show = (base, { token, cookie }) => ask('GET', `${base}/v1/code`, { token, more: cookie ? { cookie } : {} })
  const statuses = async (base, phones) => tally((await Promise.all(phones.map((phone) => show(base, phone)))).map(({ status }) => status))
  const before = await sum('redirects')
  const routed = await statuses(url, [...people, ...people])
  say('they show with their cookie, twice: statuses', routed, routed[200] === 2 * PEOPLE)
  say('redirects for that', (await sum('redirects')) - before, (await sum('redirects')) === before)
  const first = await Promise.all(people.map(({ token }) => show(url, { token })))
  say('they show without a cookie: statuses', tally(first.map(({ status }) => status)), first.every(({ status }) => status === 200 || status === 307))
  const followed = await Promise.all(first.map((answer, n) => (answer.status === 307 ? show(url, { ...people[n], cookie: cookieOf(answer) }) : answer)))
  say('after following: statuses', tally(followed.map(({ status }) => status)), followed.every(({ status }) => status === 200))
  const lost = await statuses(unrouted, people)
  say('through a proxy that does not route by the cookie: statuses', lost, !lost[307] && lost[421] > 0 && lost[200] + lost[421] === PEOPLE)
  const lists = await Promise.all(Object.values(nodes).map(({ port }) => get(`http://127.0.0.1:${port}/v1/status-lists`)))
  say('status lists published by each', lists.map(({ body }) => JSON.parse(body).status_lists.length), lists[0].body === lists[1].body)
}

/** People register in a browser until both parts have one; each shows again after a reload, sees results, and shows once the cookie is gone. */
async function browsers() {
  selectors.setTestIdAttribute('data-test')
  const seen = new Set()
  let redirected = 0
  for (let n = 0; n < 12 && (seen.size < 2 || redirected === 0); n++) {
    const context = await launch({ args: ['--ignore-certificate-errors'] })
    const page = context.pages()[0] ?? (await context.newPage())
    const complained = complaints(page)
    await page.goto(url)
    const { phone, document } = somebody()
    await register(page, { phone, number: document.number, name: '张三三' })
    const cookie = (await context.cookies()).find(({ name }) => name === 'part')
    await page.getByTestId('open-history').click()
    await page.waitForResponse((answer) => answer.url().includes('/v1/results') && answer.status() === 200).catch(() => {})
    // For a second after a registration at the other part's node, what is answered from memory says: come back in 1 s.
    const early = complained.splice(0).filter((text) => !text.includes('status of 503'))
    const failedHistory = await page.getByTestId('history-failed').count()
    await page.screenshot({ path: join(out, `results-${cookie.value}.png`) })
    await context.clearCookies()
    const answers = []
    page.on('response', (answer) => answer.url().endsWith('/v1/code') && answers.push(answer.status()))
    await page.goto(url)
    await page.getByTestId('qr').waitFor()
    await until(() => answers.some((status) => status === 200 || status === 304), 10_000, 'the page has asked for its code').catch(() => {})
    await page.screenshot({ path: join(out, `code-${cookie.value}.png`) })
    const again = (await context.cookies()).find(({ name }) => name === 'part')
    const isRight = failedHistory === 0 && [...early, ...complained].length === 0 && cookie.secure && cookie.httpOnly && (!answers.includes(307) || again?.value === cookie.value)
    say(`browser, part ${cookie.value}: registers, sees results, shows; answers to /v1/code`, { answers, complained: [...early, ...complained] }, isRight)
    seen.add(cookie.value)
    redirected += answers.filter((status) => status === 307).length
    await context.close()
  }
  say('parts seen in browsers, redirects they followed', { parts: [...seen].sort(), redirected }, seen.size === 2 && redirected > 0)
}

async function main() {
  await database.make()
  await startNode('a')
  mkdirSync(join(work, 'b'))
  cpSync(join(work, 'a/keys'), join(work, 'b/keys'), { recursive: true })
  await startNode('b')
  writeCertificate()
  await startProxy('proxy', PORT + 43, true)
  await startProxy('unrouted', PORT + 45, false)
  await phonesWithoutBrowser()
  await browsers()
  say('node a, at the end', await counted('a'))
  say('node b, at the end', await counted('b'))
}

try {
  await main()
} catch (error) {
  wrong++
  console.error(error)
} finally {
  await processes.endAll()
  database.remove()
  rmSync(work, { recursive: true, force: true })
}
console.log(wrong === 0 ? 'all as it should be' : `${wrong} things are not as they should be`)
process.exit(wrong === 0 ? 0 : 1)
