import { makeLocalCaller } from '../../src/core/caller.ts'

export const someone = makeLocalCaller('someone', 'cli')
export const another = makeLocalCaller('another', 'cli')
