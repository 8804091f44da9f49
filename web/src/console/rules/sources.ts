/// Rules that ship with the system, to begin with.
import xian from '../../../../rules/xian-2021-12.toml?raw'
import zhengzhou from '../../../../rules/zhengzhou-2022-01.toml?raw'

export const SAMPLES = { zhengzhou, xian } as const
export type Sample = keyof typeof SAMPLES
