// A node's own way to the database: a TCP relay on the loopback that can be cut. Cut means that no byte passes and nobody is told, as with a
// broken cable; what waited goes on when it is mended.
import { connect, createServer } from 'node:net'

export class Way {
  #pairs = new Set()
  #cut = false

  /** From `port` to `to`, both on 127.0.0.1. */
  async open(port, to) {
    this.server = createServer((near) => this.#relay(near, connect(to, '127.0.0.1')))
    await new Promise((done, fail) => this.server.once('error', fail).listen(port, '127.0.0.1', done))
    return this
  }

  #relay(near, far) {
    const pair = [near, far]
    this.#pairs.add(pair)
    const end = () => (near.destroy(), far.destroy(), this.#pairs.delete(pair))
    for (const [from, to] of [[near, far], [far, near]]) {
      from.setNoDelay(true)
      from.on('data', (part) => to.write(part) || from.pause())
      to.on('drain', () => this.#cut || from.resume())
      from.on('end', () => this.#cut || to.end()).on('error', end).on('close', () => this.#cut || end())
    }
    if (this.#cut) for (const socket of pair) socket.pause()
  }

  cut() {
    this.#cut = true
    for (const pair of this.#pairs) for (const socket of pair) socket.pause()
  }

  mend() {
    this.#cut = false
    for (const pair of this.#pairs) {
      for (const socket of pair) socket.resume()
      // Who hung up meanwhile is told of now.
      if (pair.some((socket) => socket.destroyed)) {
        for (const socket of pair) socket.destroy()
        this.#pairs.delete(pair)
      }
    }
  }

  close() {
    this.server.close()
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy()
  }
}
