/// Address of the list of declarations.

interface Choice {
  /** Number of a round; undefined: of every round, and without one. */
  round: number | undefined
  /** Id of a community; undefined: everywhere. */
  community: number | undefined
  isWaitingOnly: boolean
}

export function listPath({ round, community, isWaitingOnly }: Choice): string {
  const query = [round === undefined ? '' : `campaign=${round}`, community === undefined ? '' : `community=${community}`, isWaitingOnly ? 'waiting=true' : ''].filter(Boolean).join('&')
  return `/v1/declarations/list${query && '?'}${query}`
}
