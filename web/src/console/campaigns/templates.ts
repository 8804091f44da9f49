/// What a new campaign begins with: the notice that ships with the project, or nothing but the frame.
import shipped from '../../../../campaigns/zhengzhou-2022-01-05.toml?raw'
import type { ServerInfo } from '../../api/types'
import { client } from '../session'
import { CITIES, cityWith } from './divisions'
import { skeleton, writtenDocument } from './document'

export function newFromShipped(): string {
  return shipped
}

/** For the city that this server runs. */
export async function newSkeleton(): Promise<string> {
  const here = await client.get<ServerInfo>('/v1/server').catch(() => null)
  const city = cityWith(here?.city.code ?? 0) ?? CITIES[0]
  return writtenDocument(skeleton(city?.code ?? 410100))
}
