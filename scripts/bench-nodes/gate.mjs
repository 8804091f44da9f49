// A gate's check where there is no network at all: whatever it asked for over a network would fail it.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const VECTORS = new URL('../../testdata/credential/vectors.json', import.meta.url)

/** Checks a code that is to be allowed; answers whether it was. */
export function checksWithoutNetwork(yimatong, work) {
  const { cases } = JSON.parse(readFileSync(VECTORS, 'utf8'))
  const { text, jwks, statusLists, now } = cases.find(({ name }) => name === 'a green phone is allowed')
  writeFileSync(join(work, 'keys.json'), JSON.stringify(jwks))
  const lists = statusLists.flatMap((token, number) => {
    const file = join(work, `list-${number}`)
    writeFileSync(file, Buffer.from(token, 'base64url'))
    return ['--status', file]
  })
  const at = new Date(now * 1_000).toISOString()
  // In a network of its own, in which there is not even a loopback.
  const args = ['--map-root-user', '--net', yimatong, 'verify', text, '--keys', join(work, 'keys.json'), ...lists, '--at', at, '--json']
  return JSON.parse(execFileSync('unshare', args, { encoding: 'utf8' })).outcome === 'allow'
}
