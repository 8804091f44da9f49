/// The declarations of the holder and their relatives.
import type { Declaration } from '../../api/resident'
import { keptAnswer } from '../kept_answer'
import { client } from '../server_talk'

export const declarations = keptAnswer('declarations', async () => ({
  value: (await client.get<{ items: Declaration[] }>('/v1/declarations')).items,
}))
