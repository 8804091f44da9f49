/// Which steps a campaign can take now, and which of them this member of staff must leave to somebody else.
import type { Role, Staff } from '../../api/types'
import type { Campaign, CampaignState } from './shapes'

export const STEPS = ['redraft', 'approve', 'start', 'refine', 'ask-to-close', 'approve-closing', 'refuse-closing', 'reverse', 'withdraw'] as const
export type Step = (typeof STEPS)[number]

/** A step that can be taken; who has done the first half of it may not do the second. */
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
  closing: ['approve-closing', 'refuse-closing', 'ask-to-close', 'reverse'],
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

function stepsNow({ state, closingApproved, mostGiven, given }: Campaign): readonly Step[] {
  if (state !== 'closing') return STATES[state]
  // The reason is being given: it can only be taken back.
  if (closingApproved) return ['reverse']
  // A closing that was stopped has to be asked for again, and whom it has coloured already can't be passed over.
  const isAsked = mostGiven !== null && mostGiven !== undefined
  const isFresh = given === 0
  return STATES.closing.filter((step) => (step === 'approve-closing' ? isAsked : step === 'refuse-closing' ? isFresh : step !== 'reverse' || !isFresh))
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
