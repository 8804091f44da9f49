/// Which steps a campaign can take now, and which of them this member of staff must leave to somebody else.
import type { Role, Staff } from '../../api/types'
import type { Campaign, CampaignState } from './shapes'

export const STEPS = ['redraft', 'approve', 'start', 'refine', 'ask-to-close', 'approve-closing', 'refuse-closing', 'reverse', 'withdraw'] as const
export type Step = (typeof STEPS)[number]

/** A step that can be taken; `first` has done the first half of it and may not do the second. */
export interface Possible {
  step: Step
  isOwn: boolean
}

const ROLES: Record<Step, readonly Role[]> = {
  redraft: ['headquarters'],
  approve: ['approver', 'headquarters'],
  start: ['headquarters'],
  refine: ['headquarters', 'community-worker'],
  'ask-to-close': ['headquarters'],
  'approve-closing': ['approver', 'headquarters'],
  'refuse-closing': ['approver', 'headquarters'],
  reverse: ['headquarters'],
  withdraw: ['headquarters'],
}

const STATES: Record<CampaignState, readonly Step[]> = {
  draft: ['approve', 'redraft', 'withdraw'],
  approved: ['start', 'refine', 'withdraw'],
  running: ['ask-to-close', 'refine'],
  closing: ['approve-closing', 'refuse-closing', 'ask-to-close'],
  closed: ['reverse'],
  reversed: [],
  withdrawn: [],
}

/** Steps that give or take back a colour, or end something for good. */
export function isGrave(step: Step): boolean {
  return step === 'approve-closing' || step === 'reverse' || step === 'withdraw'
}

/** Steps that must say why. */
export function needsRemark(step: Step): boolean {
  return step === 'refuse-closing' || step === 'reverse'
}

function stepsNow({ state, closingApproved }: Campaign): readonly Step[] {
  // The reason is being given: it can only be taken back.
  return state === 'closing' && closingApproved ? ['reverse'] : STATES[state]
}

/** Two people look at what concerns a whole city. */
function isOwn(step: Step, campaign: Campaign, staff: Staff): boolean {
  const first = step === 'approve' ? campaign.drafted : step === 'approve-closing' ? campaign.closingAsked : null
  return first?.staffId === staff.id
}

export function possibleSteps(campaign: Campaign, staff: Staff): Possible[] {
  return stepsNow(campaign)
    .filter((step) => ROLES[step].includes(staff.role))
    .map((step) => ({ step, isOwn: isOwn(step, campaign, staff) }))
}

/** Is the server at work on many people now, so that the figures move? */
export function isUnderWay({ state, closingApproved, closed, given, undone }: Campaign): boolean {
  if (state === 'closing') return Boolean(closingApproved) && !closed
  return state === 'reversed' && undone < given
}
