import type { ConnectionStore } from '../ports/connection-store.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import { ProblemError } from '../problem.ts'
import type { RotationReport } from './saved-connections.ts'

/** Tries for one row whose secret keeps changing under the rotation. */
const tries = 5

interface RotationNeeds {
  readonly store: ConnectionStore
  readonly secrets: SecretBox
}

/** Seals every stored secret under the newest key. Whatever another process stores meanwhile is never overwritten. */
export async function rotateSecrets({ store, secrets }: RotationNeeds): Promise<RotationReport> {
  await secrets.renew()
  const report = { sealedAnew: 0, current: 0, unreadable: 0 }
  for (const { ownerId, id, sealedSecret } of await store.listSealed())
    report[await sealAnew({ store, secrets }, ownerId, id, sealedSecret)] += 1
  return report
}

async function sealAnew(
  { store, secrets }: RotationNeeds,
  ownerId: string,
  id: string,
  first: string,
): Promise<keyof RotationReport> {
  let sealed = first
  for (let count = 0; count < tries; count += 1) {
    if (secrets.isCurrent(sealed)) return 'current'
    const place = { ownerId, rowId: id }
    const secret = await openOrNull(secrets, sealed, place)
    if (secret === null) return 'unreadable'
    const row = await store.read(ownerId, id)
    if (row === null || row.sealedSecret === null) return 'current'
    if (row.sealedSecret === sealed) {
      const { needsSignIn } = row
      const after = { sealedSecret: await secrets.seal(secret, place), needsSignIn }
      if (await store.replaceSecret(ownerId, id, sealed, after)) return 'sealedAnew'
    }
    sealed = (await store.read(ownerId, id))?.sealedSecret ?? sealed
  }
  return 'unreadable'
}

async function openOrNull(
  secrets: SecretBox,
  sealed: string,
  place: Parameters<SecretBox['open']>[1],
): Promise<string | null> {
  try {
    return await secrets.open(sealed, place)
  } catch (error) {
    if (error instanceof ProblemError) return null
    throw error
  }
}
