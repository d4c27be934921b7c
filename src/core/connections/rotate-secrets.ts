import type { ConnectionStore } from '../ports/connection-store.ts'
import type { SecretBox, SecretPlace } from '../ports/secret-box.ts'
import type { SecretHolder } from '../ports/secret-holder.ts'
import { problem, ProblemError } from '../problem.ts'

/** A key of the ring after a rotation. */
export interface KeyUse {
  readonly id: string
  /** How many stored secrets it sealed. */
  readonly seals: number
  /** True for the one that seals new secrets. */
  readonly isNewest: boolean
}

export interface RotationReport {
  readonly sealedAnew: number
  readonly current: number
  /** Secrets that no key of the ring opens: their connections need them entered again. */
  readonly unreadable: number
  /** Newest first. A key that is not the newest and seals nothing can leave the ring. */
  readonly keys: readonly KeyUse[]
  /** Where the keys come from: `SECRET_KEYS`, or the path of the key file. */
  readonly source: string
  /** Whether that is a file of Floe's own, from which it can take keys out. */
  readonly isOwnFile: boolean
  /** Keys that were taken out of the key file. */
  readonly dropped: readonly string[]
}

/** The secrets of every store under the keys of this installation. */
export interface SecretRotation {
  /** Seals every stored secret under the newest key, which is a new one where the keys are Floe's own file. */
  rotate(): Promise<RotationReport>
  /**
   * Seals what older keys still seal under the newest one, then takes the older keys out of the key file, unless a secret stays unreadable
   * or sealed by them. Throws `bad_request` where the keys are not in a file of Floe, `too_busy` right after a new key was made.
   */
  dropOldKeys(): Promise<RotationReport>
}

interface RotationNeeds {
  readonly holders: readonly SecretHolder[]
  readonly secrets: SecretBox
}

/** Makes the rotation over all holders of sealed secrets. It never overwrites what another process stores meanwhile. */
export function makeSecretRotation(needs: RotationNeeds): SecretRotation {
  const { secrets } = needs
  return {
    rotate: async () => {
      await secrets.renew()
      return await sealAll(needs)
    },
    dropOldKeys: async () => {
      const { isOwnFile, isSettled, source } = secrets.ring()
      if (!isOwnFile)
        throw problem(
          'bad_request',
          `The keys come from ${source}, which Floe cannot change.`,
          'Run floe admin rotate-secrets: it says which keys to take out.',
        )
      // Asked before the walk, which then sees whatever the older keys have sealed.
      if (!isSettled) throw tooEarly(source)
      const report = await sealAll(needs)
      const old = report.keys.filter(({ isNewest }) => !isNewest)
      if (report.unreadable > 0 || old.length === 0 || old.some(({ seals }) => seals > 0)) return report
      const dropped = old.map(({ id }) => id)
      if (!(await secrets.drop(dropped))) throw tooEarly(source)
      return { ...report, keys: report.keys.filter(({ isNewest }) => isNewest), dropped }
    },
  }
}

const tooEarly = (source: string) =>
  problem(
    'too_busy',
    `The newest key in ${source} came less than a minute ago: a running server may be storing what the one before has sealed.`,
    'Run the command again in a minute.',
  )

async function sealAll({ holders, secrets }: RotationNeeds): Promise<RotationReport> {
  const counts = { sealedAnew: 0, current: 0, unreadable: 0 }
  for (const holder of holders)
    for (const { place, sealed } of await holder.list()) counts[await sealAnew(holder, secrets, place, sealed)] += 1
  const { ids, source, isOwnFile } = secrets.ring()
  const held = (await Promise.all(holders.map((holder) => holder.list()))).flat()
  const keys = ids.map((id, index) => ({
    id,
    seals: held.filter(({ sealed }) => secrets.keyOf(sealed) === id).length,
    isNewest: index === 0,
  }))
  return { ...counts, keys, source, isOwnFile, dropped: [] }
}

/** Tries for one secret that keeps changing under the rotation. */
const tries = 5

async function sealAnew(
  holder: SecretHolder,
  secrets: SecretBox,
  place: SecretPlace,
  first: string,
): Promise<'sealedAnew' | 'current' | 'unreadable'> {
  let sealed: string | null = first
  for (let count = 0; count < tries; count += 1) {
    if (sealed === null || secrets.isCurrent(sealed)) return 'current'
    const secret = await openOrNull(secrets, sealed, place)
    if (secret === null) return 'unreadable'
    if (await holder.replace(place, sealed, await secrets.seal(secret, place))) return 'sealedAnew'
    sealed = await holder.read(place)
  }
  return 'unreadable'
}

async function openOrNull(secrets: SecretBox, sealed: string, place: SecretPlace): Promise<string | null> {
  try {
    return await secrets.open(sealed, place)
  } catch (error) {
    if (error instanceof ProblemError) return null
    throw error
  }
}

/** The secrets of saved connections. */
export const makeConnectionSecrets = (store: ConnectionStore): SecretHolder => ({
  list: async () =>
    (await store.listSealed()).map(({ ownerId, id, sealedSecret }) => ({
      place: { ownerId, rowId: id },
      sealed: sealedSecret,
    })),
  read: async ({ ownerId, rowId }) => (await store.read(ownerId, rowId))?.sealedSecret ?? null,
  replace: async ({ ownerId, rowId }, before, after) => {
    const row = await store.read(ownerId, rowId)
    if (row === null || row.sealedSecret !== before) return false
    const { needsSignIn } = row
    return await store.replaceSecret(ownerId, rowId, before, { sealedSecret: after, needsSignIn })
  },
})
