/// Small texts a page keeps in localStorage, shared by its tabs. Where storage is forbidden they live as long as the page.

const unstored = new Map<string, string>()

/** The text kept under `name`, or null. */
export function keptText(name: string): string | null {
  try {
    return localStorage.getItem(name) ?? unstored.get(name) ?? null
  } catch {
    return unstored.get(name) ?? null
  }
}

/** Keeps a text; `null` forgets it. */
export function keepText(name: string, text: string | null): void {
  unstored.delete(name)
  try {
    if (text === null) localStorage.removeItem(name)
    else localStorage.setItem(name, text)
  } catch {
    if (text !== null) unstored.set(name, text)
  }
}

/** A record kept as JSON; null if there is none, or if it cannot be read. */
export function keptRecord<T>(name: string): T | null {
  try {
    return JSON.parse(keptText(name) ?? 'null') as T | null
  } catch {
    return null
  }
}

/** Keeps a record as JSON; `null` forgets it. */
export function keepRecord(name: string, record: unknown): void {
  keepText(name, record === null ? null : JSON.stringify(record))
}

/** Calls `heard` whenever another tab changes `name`. */
export function onOtherTab(name: string, heard: () => void): void {
  if (typeof addEventListener !== 'function') return
  addEventListener('storage', (event) => {
    // A null key says that everything was cleared.
    if (event.key === name || event.key === null) heard()
  })
}
