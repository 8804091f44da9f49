// A node's own way to the database: a TCP relay on the loopback that can be cut, in both directions or in one. Cut means that no byte passes and
// nobody is told, as with a broken cable; what waited goes on when it is mended.
import { connect, createServer } from 'node:net'

export class Way {
  #pairs = new Set()
  /** Whose bytes do not pass: 'near' the node's, 'far' the database's. */
  #cut = []

  /** From `port` to `to`, both on 127.0.0.1. */
  async open(port, to) {
    this.to = to
    this.server = createServer((near) => this.#relay(near, connect(this.to, '127.0.0.1')))
    await new Promise((done, fail) => this.server.once('error', fail).listen(port, '127.0.0.1', done))
    return this
  }

  #relay(near, far) {
    const pair = { near, far }
    this.#pairs.add(pair)
    const end = () => (near.destroy(), far.destroy(), this.#pairs.delete(pair))
    for (const [name, from, to] of [['near', near, far], ['far', far, near]]) {
      const isCut = () => this.#cut.includes(name)
      from.setNoDelay(true)
      from.on('data', (part) => to.write(part) || from.pause())
      to.on('drain', () => isCut() || from.resume())
      from.on('end', () => isCut() || to.end()).on('error', end).on('close', () => isCut() || end())
    }
    for (const name of this.#cut) pair[name].pause()
  }

  cut(...directions) {
    this.#cut = directions.length > 0 ? directions : ['near', 'far']
    for (const pair of this.#pairs) for (const name of this.#cut) pair[name].pause()
  }

  mend() {
    this.#cut = []
    for (const pair of this.#pairs) {
      for (const socket of [pair.near, pair.far]) socket.resume()
      // Who hung up meanwhile is told of now.
      if (pair.near.destroyed || pair.far.destroyed) {
        pair.near.destroy()
        pair.far.destroy()
        this.#pairs.delete(pair)
      }
    }
  }

  close() {
    this.server.close()
    for (const { near, far } of this.#pairs) for (const socket of [near, far]) socket.destroy()
  }
}
