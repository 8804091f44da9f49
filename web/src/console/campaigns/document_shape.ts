/// Whether a document fits the form: every key is known and has a value of its kind. What values mean, the server checks.

/** Path of the first thing that does not fit, such as `areas[2].note`; null if all does. */
type Shape = (value: unknown, path: string) => string | null

const kind =
  (fits: (value: unknown) => boolean): Shape =>
  (value, path) =>
    fits(value) ? null : path

const text = kind((value) => typeof value === 'string')
const whole = kind((value) => Number.isInteger(value))
const yesNo = kind((value) => typeof value === 'boolean')

function each(shape: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) return path
    for (const [i, item] of value.entries()) {
      const misfit = shape(item, `${path}[${i}]`)
      if (misfit !== null) return misfit
    }
    return null
  }
}

/** A key with `?` may be missing. */
function keys(shapes: Record<string, Shape>): Shape {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return path
    const at = (key: string) => (path ? `${path}.${key}` : key)
    const given = value as Record<string, unknown>
    for (const [name, shape] of Object.entries(shapes)) {
      const key = name.replace('?', '')
      if (given[key] === undefined && key !== name) continue
      const misfit = shape(given[key], at(key))
      if (misfit !== null) return misfit
    }
    const unknown = Object.keys(given).find((key) => !(key in shapes) && !(`${key}?` in shapes))
    return unknown === undefined ? null : at(unknown)
  }
}

const words = keys({ zh: text, en: text })
const windows = each(keys({ from: text, to: text }))

const EXEMPTIONS: Record<string, Shape> = {
  'zone-tested': keys({ kind: text, zones: each(text), on: text }),
  vaccinated: keys({ kind: text, within_h: whole }),
  'outside-city': keys({ kind: text, negative_within_h: whole }),
  tested: keys({ kind: text, within_h: whole }),
}

const exemption: Shape = (value, path) => {
  const shape = EXEMPTIONS[String((value as { kind?: unknown } | null)?.kind)]
  return shape ? shape(value, path) : `${path}.kind`
}

const document = keys({
  ...{ id: text, city: whole, name: words, basis: words },
  areas: each(keys({ 'code?': whole, 'zone?': text, windows })),
  population: keys({ groups: each(text) }),
  points: keys({ kinds: each(text), 'at_work_after_declaring?': yesNo }),
  'exemptions?': each(exemption),
  'zones?': each(keys({ level: text, codes: each(whole) })),
  consequence: keys({ reason: text, 'spared?': each(text) }),
  notices: keys({ start: words, reminder: words, reminder_h: whole, missed: words }),
})

export function misfitOf(value: unknown): string | null {
  return document(value, '')
}
