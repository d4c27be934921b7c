import type { KeyRing } from '../adapters/secrets/key-ring.ts'
import type { InstallationWriters } from '../core/ports/writers.ts'
import { presentProblem } from '../core/problem.ts'
import type { Health } from '../core/services.ts'

/** Looking makes the key file where there is none yet. */
export function describeKeys(ring: KeyRing): Health {
  const name = 'secrets'
  try {
    const [newest] = ring.keys()
    const detail = `Stored secrets are sealed with key "${newest?.id ?? ''}" of ${ring.source}.`
    return { name, state: 'ok', detail, action: null }
  } catch (error) {
    const { message, action } = presentProblem(error)
    return { name, state: 'failed', detail: message, action }
  }
}

export function describeWriters(writers: InstallationWriters): Health {
  const [first] = writers.list()
  return {
    name: 'writer',
    state: 'ok',
    detail: `${first?.label ?? writers.defaultId} writes the queries.`,
    action: null,
  }
}
