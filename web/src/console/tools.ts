/// Which role works with which tool. The server decides; this only keeps useless tools off the screen.
import type { Role } from '../api/types'

export type Tool = 'check' | 'results' | 'accounts' | 'venues' | 'audit' | 'overload' | 'statistics' | 'campaigns' | 'door-to-door' | 'rules'

const TOOLS: Record<Role, readonly Tool[]> = {
  verifier: ['check'],
  sampler: [],
  lab: ['results'],
  'community-worker': ['check', 'door-to-door', 'campaigns', 'venues'],
  tracer: [],
  headquarters: ['check', 'campaigns', 'door-to-door', 'rules', 'statistics'],
  approver: ['campaigns', 'rules'],
  'hotline-agent': ['check'],
  operator: ['overload', 'statistics', 'accounts', 'venues', 'rules'],
  auditor: ['audit'],
}

export function toolsOf(role: Role): readonly Tool[] {
  return TOOLS[role] ?? []
}

/** May open a whole personal file. */
export function mayOpenFile(role: Role): boolean {
  return role === 'community-worker' || role === 'headquarters' || role === 'hotline-agent'
}

/** May issue a paper code for somebody without a phone. */
export function mayIssuePaper(role: Role): boolean {
  return role === 'community-worker'
}
