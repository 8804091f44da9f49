/// The door-knocking list by household, in the order in which the server gives them; who has none comes last.
import type { Missed } from './shapes'

export interface Door {
  household: string | null
  people: Missed[]
}

export function doorsOf(items: readonly Missed[]): Door[] {
  const doors = new Map<string | null, Missed[]>()
  for (const item of items) {
    const household = item.person.householdId ?? null
    doors.set(household, [...(doors.get(household) ?? []), item])
  }
  const all = [...doors].map(([household, people]) => ({ household, people }))
  return [...all.filter(({ household }) => household !== null), ...all.filter(({ household }) => household === null)]
}
