/// The round a table samples for: the one that runs, said out loud where it is not.
import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import type { Client } from '../src/api/client'
import type { CampaignBrief } from '../src/api/types'
import { openDatabase } from '../src/offline/database'
import { Rounds, roundTrouble } from '../src/sampler/rounds'
import { Settings } from '../src/sampler/settings'

const round = (number: number, state = 'running'): CampaignBrief => ({ number, nameZh: `第${number}轮`, nameEn: `Round ${number}`, state })

async function tableWith(answer: () => CampaignBrief[]) {
  const settings = new Settings(await openDatabase(`rounds-${Math.random()}`, ['settings']))
  const client = { get: async () => ({ items: answer() }) } as unknown as Client
  const rounds = new Rounds(client, settings)
  return { settings, rounds, trouble: () => roundTrouble(settings.setup.value, rounds.running.value) }
}

test('the only round that runs is proposed to who sets the table up, several are not', async () => {
  let running = [round(3), round(2, 'closed')]
  const { settings, rounds, trouble } = await tableWith(() => running)
  await rounds.propose()
  expect([settings.setup.value.campaign, trouble()]).toEqual([round(3), null])
  running = [round(5), round(4)]
  const other = await tableWith(() => running)
  await other.rounds.propose()
  expect([other.settings.setup.value.campaign, other.trouble()]).toEqual([null, 'not-chosen'])
})

test('a table that was set up for a round that is over is told', async () => {
  let running = [round(3)]
  const { rounds, trouble } = await tableWith(() => running)
  await rounds.propose()
  running = [round(4), round(3, 'closed')]
  await rounds.propose()
  expect(trouble()).toBe('ended')
  await rounds.choose(round(4))
  expect(trouble()).toBeNull()
})

test('who chose to sample outside of a round is left alone until another one begins', async () => {
  let running = [round(3)]
  const { settings, rounds, trouble } = await tableWith(() => running)
  await rounds.load()
  await rounds.choose(null)
  await rounds.propose()
  expect([settings.setup.value.campaign, trouble()]).toEqual([null, null])
  running = [round(4)]
  await rounds.load()
  expect(trouble()).toBe('not-chosen')
})

test('without an answer nothing is said, and the last choice stays', async () => {
  const { settings, rounds, trouble } = await tableWith(() => {
    throw new Error('off')
  })
  await settings.change({ campaign: round(3) })
  await rounds.propose()
  expect([rounds.failed.value, trouble(), settings.setup.value.campaign]).toEqual([true, null, round(3)])
})
