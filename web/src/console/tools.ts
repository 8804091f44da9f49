/// Which role works with which tool. The server decides; this only keeps useless tools off the screen.
import type { Role } from '../api/types'

export type Tool =
  | 'check' | 'results' | 'accounts' | 'venues' | 'audit' | 'overload' | 'statistics'
  | 'labDesk' | 'tubes' | 'logistics' | 'samplingPoints' | 'caseFiles'
  | 'campaigns' | 'door-to-door' | 'rules'

const TOOLS: Record<Role, readonly Tool[]> = {
  verifier: ['check'],
  sampler: ['logistics', 'tubes'],
  lab: ['labDesk', 'logistics', 'results'],
  'community-worker': ['check', 'door-to-door', 'campaigns', 'samplingPoints', 'logistics', 'tubes', 'venues'],
  tracer: ['caseFiles'],
  headquarters: ['check', 'campaigns', 'door-to-door', 'rules', 'statistics', 'samplingPoints', 'logistics', 'tubes', 'caseFiles'],
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

export type LogisticsList = 'overdue' | 'problems' | 'resampleList'

/** Lists of sample logistics that the role may read. */
export function logisticsOf(role: Role): readonly LogisticsList[] {
  if (role === 'sampler') return ['overdue', 'resampleList']
  if (role === 'lab') return ['overdue', 'problems']
  return role === 'community-worker' || role === 'headquarters' ? ['overdue', 'problems', 'resampleList'] : []
}

/** May take back a sample before the tube has a result. */
export function mayUndoSample(role: Role): boolean {
  return role === 'sampler' || role === 'community-worker' || role === 'headquarters'
}
