// The processes of a run: each dies with the script, however that ends, and is ended by its pid.
import { spawn } from 'node:child_process'
import { existsSync, openSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** Waits until a condition holds, at most `withinMs`; answers after how many ms. */
export async function until(holds, withinMs = 60_000, what = String(holds)) {
  const began = Date.now()
  while (!(await holds())) {
    if (Date.now() - began > withinMs) throw new Error(`${withinMs / 1_000} s over: ${what}`)
    await pause(50)
  }
  return Date.now() - began
}

/** Numbers of the processes that a process has started. */
export function childrenOf(pid) {
  const parentOf = (child) => {
    try {
      return Number(readFileSync(`/proc/${child}/stat`, 'utf8').split(') ').at(-1).split(' ')[1])
    } catch {
      return 0 // it has ended meanwhile
    }
  }
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid).map(Number)
}

export class Processes {
  #running = new Map()
  #released = []

  constructor(logs) {
    this.logs = logs
  }

  /** Starts a program under a name; `as` are further arguments of setpriv, such as another user. */
  start(name, command, args, { env = {}, as = [] } = {}) {
    if (this.#running.has(name)) throw new Error(`${name} is running already`)
    const log = openSync(join(this.logs, `${name}.log`), 'a')
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...as, command, ...args], { stdio: ['ignore', log, log], env: { ...process.env, ...env } })
    this.#running.set(name, child)
    child.once('exit', () => this.#running.get(name) === child && this.#running.delete(name))
    return child
  }

  isRunning(name) {
    return this.#running.has(name)
  }

  pid(name) {
    return this.#running.get(name).pid
  }

  signal(name, signal) {
    this.#running.get(name)?.kill(signal)
  }

  /** Gives a process up to another one of the same name, which ends it; answers its number. */
  release(name) {
    const child = this.#running.get(name)
    this.#running.delete(name)
    this.#released.push(child)
    return child.pid
  }

  /** Ends a process and waits until it is gone. */
  async end(name, signal = 'SIGTERM') {
    const child = this.#running.get(name)
    if (!child) return
    const ended = new Promise((done) => child.once('exit', done))
    child.kill(signal)
    await ended
  }

  async endAll() {
    const names = [...this.#running.keys()]
    const left = names.flatMap((name) => childrenOf(this.pid(name)))
    for (const name of names) await this.end(name, 'SIGKILL')
    for (const child of this.#released) child.kill('SIGKILL')
    await until(() => left.every((pid) => !existsSync(`/proc/${pid}`)), 5_000).catch(() => {})
  }
}
