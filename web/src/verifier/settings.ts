/// What this gate remembers about itself: who is on duty, which venue, which rule, how the page behaves.
import { signal } from '@preact/signals-core'
import type { StaffSession } from '../api/types'
import { GATE_RULE, type VenueRule, readVenueRule } from '../credential/venue_rule'
import type { Database } from '../offline/database'

export interface Venue {
  readonly id: number
  readonly name: string
  readonly type: string
  readonly districtCode?: number
}
/** How the verdict behaves on this device. */
export interface Behaviour {
  /** Seconds until the page scans again by itself; 0 = only on touch. */
  readonly returnAfterS: number
  readonly sound: boolean
  readonly vibration: boolean
}

export const DEFAULT_BEHAVIOUR: Behaviour = { returnAfterS: 4, sound: true, vibration: true }

/** Signals of all settings; every change is written to disk. */
export class Settings {
  readonly session = signal<StaffSession | null>(null)
  readonly venue = signal<Venue | null>(null)
  readonly rule = signal<VenueRule>(GATE_RULE)
  readonly behaviour = signal<Behaviour>(DEFAULT_BEHAVIOUR)

  constructor(private readonly db: Database) {}

  async load(): Promise<void> {
    this.session.value = (await this.db.get<StaffSession>('settings', 'session')) ?? null
    this.venue.value = (await this.db.get<Venue>('settings', 'venue')) ?? null
    this.behaviour.value = { ...DEFAULT_BEHAVIOUR, ...(await this.db.get<Behaviour>('settings', 'behaviour')) }
    try {
      this.rule.value = readVenueRule((await this.db.get('settings', 'rule')) ?? {}, GATE_RULE)
    } catch {
      // A rule of an older version of the page: start from the default.
      this.rule.value = GATE_RULE
    }
  }

  async setSession(session: StaffSession | null): Promise<void> {
    this.session.value = session
    await this.db.put('settings', 'session', session)
  }

  async setVenue(venue: Venue | null): Promise<void> {
    this.venue.value = venue
    await this.db.put('settings', 'venue', venue)
  }

  async setRule(rule: VenueRule): Promise<void> {
    this.rule.value = rule
    await this.db.put('settings', 'rule', rule)
  }

  async setBehaviour(behaviour: Behaviour): Promise<void> {
    this.behaviour.value = behaviour
    await this.db.put('settings', 'behaviour', behaviour)
  }
}
