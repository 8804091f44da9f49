/// The rounds that are running, and whether the table is set up for one of them: a swab of no round, or of one that is over,
/// counts for nobody in the round of today.
import { signal } from '@preact/signals-core'
import type { Client } from '../api/client'
import type { CampaignBrief, Page } from '../api/types'
import type { Settings } from './settings'

const RUNNING = ['running', 'closing']
/** How often a table asks; it also asks when somebody logs in or sets it up. */
export const EVERY_MS = 10 * 60_000

/** `ended`: the round of the setup runs no more. `not-chosen`: a round runs that nobody has said yes or no to. */
export type RoundTrouble = 'ended' | 'not-chosen'

export interface RoundSetup {
  readonly campaign: CampaignBrief | null
  /** Numbers of the rounds that ran when somebody chose to sample outside of them. */
  readonly passedOver: readonly number[]
}

/** What is wrong with the round of a table; null also while it is not known what runs. */
export function roundTrouble({ campaign, passedOver }: RoundSetup, running: readonly CampaignBrief[] | null): RoundTrouble | null {
  if (!running) return null
  if (campaign) return running.some(({ number }) => number === campaign.number) ? null : 'ended'
  return running.some(({ number }) => !passedOver.includes(number)) ? 'not-chosen' : null
}

export class Rounds {
  /** Null until the server has answered. */
  readonly running = signal<readonly CampaignBrief[] | null>(null)
  /** The last question was not answered. */
  readonly failed = signal(false)

  constructor(
    private readonly client: Client,
    private readonly settings: Settings,
  ) {}

  /** Asks which rounds run. Never throws. */
  async load(): Promise<void> {
    try {
      const { items } = await this.client.get<Page<CampaignBrief>>('/v1/campaigns')
      this.running.value = items.filter(({ state }) => RUNNING.includes(state))
      this.failed.value = false
    } catch {
      this.failed.value = true
    }
  }

  /** For somebody who sets the table up: the only round that runs is the one meant. */
  async propose(): Promise<void> {
    await this.load()
    const [only, another] = this.running.value ?? []
    const { campaign } = this.settings.setup.value
    if (only && !another && !campaign && roundTrouble(this.settings.setup.value, this.running.value)) await this.choose(only)
  }

  /** Chooses a round, or none of those that run. */
  choose(round: CampaignBrief | null): Promise<void> {
    const campaign = round && { number: round.number, nameZh: round.nameZh, nameEn: round.nameEn, state: round.state }
    return this.settings.change({ campaign, passedOver: round ? [] : (this.running.value ?? []).map((each) => each.number) })
  }
}
