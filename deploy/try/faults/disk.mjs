// A small disk in memory, which can be filled to the last byte. Only root can mount one.
import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const BALLAST = 'ballast'

export function mountDisk(folder, sizeMb) {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'yimatong-faults', folder])
}

export function unmountDisk(folder) {
  execFileSync('umount', [folder])
}

export function fillDisk(folder) {
  const ballast = openSync(join(folder, BALLAST), 'a')
  for (let size = 1 << 20; size >= 1; ) {
    try {
      if (writeSync(ballast, Buffer.alloc(size)) < size) size >>= 1
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error
      size >>= 1
    }
  }
  closeSync(ballast)
}

export function makeRoom(folder) {
  rmSync(join(folder, BALLAST), { force: true })
}
