/// Which role works with which tool. The server decides; this only keeps useless tools off the screen.
import type { Role } from '../api/types'

export type Tool = 'check' | 'results' | 'accounts' | 'venues' | 'audit' | 'overload' | 'statistics'

const TOOLS: Record<Role, readonly Tool[]> = {
  verifier: ['check'],
  sampler: [],
  lab: ['results'],
  'community-worker': ['check', 'venues'],
  tracer: [],
  headquarters: ['check', 'statistics'],
  approver: [],
  'hotline-agent': ['check'],
  operator: ['overload', 'statistics', 'accounts', 'venues'],
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
