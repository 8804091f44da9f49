/// Shapes of the dry run of rules. Types only.
import type { Colour } from '../../api/types'
import type { TextProblem } from '../campaigns/shapes'

export interface RulesPreview {
  valid: boolean
  problems: (Partial<TextProblem> & { en: string })[]
  people: number
  recoloured: number
  changes: { from: Colour; to: Colour; people: number }[]
  reasons: { code: string; people: number; from: Colour; to: Colour }[]
  districts: { code: number; nameZh: string; people: number }[]
  /** Free at once by the new ways back, of the tests in the registry. */
  released?: number
  note?: string
}
