/// Shapes of the dry run of rules. Types only.
import type { Colour } from '../../api/types'

export interface RulesPreview {
  valid: boolean
  problems: { line?: number | null; key?: string; zh?: string; en: string }[]
  people: number
  recoloured: number
  changes: { from: Colour; to: Colour; people: number }[]
  reasons: { code: string; people: number; from: Colour; to: Colour }[]
  districts: { code: number; nameZh: string; people: number }[]
  /** Free at once by the new ways back, of the tests in the registry. */
  released?: number
  asOf?: string
  /** Share of the city that was counted, such as `2/16`. */
  part?: string
  /** What the numbers do not say. */
  note?: string
  noteZh?: string
}
