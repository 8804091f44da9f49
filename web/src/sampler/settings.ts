/// What this table remembers: who is on duty, where, for which round, with which tubes, and how it behaves.
import { signal } from '@preact/signals-core'
import type { SamplingPoint, StaffSession, TubeSize } from '../api/types'
import type { Database } from '../offline/database'
import type { RoundSetup } from './rounds'

/** The part of a point that is kept. */
export type Point = Pick<SamplingPoint, 'id' | 'name' | 'kind' | 'area' | 'areaName' | 'address' | 'opens' | 'closes'>

export interface Setup extends RoundSetup {
  readonly point: Point | null
  readonly size: TubeSize
  /** One household, one tube. */
  readonly household: boolean
}
export interface Behaviour {
  readonly sound: boolean
  readonly vibration: boolean
}

export const SIZES: readonly TubeSize[] = [1, 5, 10, 20]
export const DEFAULT_SETUP: Setup = { point: null, campaign: null, passedOver: [], size: 10, household: false }
const DEFAULT_BEHAVIOUR: Behaviour = { sound: true, vibration: true }

/** Signals of all settings; every change is written to disk. */
export class Settings {
  readonly session = signal<StaffSession | null>(null)
  readonly setup = signal<Setup>(DEFAULT_SETUP)
  readonly behaviour = signal<Behaviour>(DEFAULT_BEHAVIOUR)

  constructor(private readonly db: Database) {}

  async load(): Promise<void> {
    this.session.value = (await this.db.get<StaffSession>('settings', 'session')) ?? null
    this.setup.value = { ...DEFAULT_SETUP, ...(await this.db.get<Setup>('settings', 'setup')) }
    this.behaviour.value = { ...DEFAULT_BEHAVIOUR, ...(await this.db.get<Behaviour>('settings', 'behaviour')) }
  }

  async setSession(session: StaffSession | null): Promise<void> {
    this.session.value = session
    await this.db.put('settings', 'session', session)
  }

  async change(change: Partial<Setup>): Promise<void> {
    this.setup.value = { ...this.setup.value, ...change }
    await this.db.put('settings', 'setup', this.setup.value)
  }

  async behave(change: Partial<Behaviour>): Promise<void> {
    this.behaviour.value = { ...this.behaviour.value, ...change }
    await this.db.put('settings', 'behaviour', this.behaviour.value)
  }
}
