import type { KeyRing } from '../adapters/secrets/key-ring.ts'
import type { InstallationWriters } from '../core/ports/writers.ts'
import { presentProblem } from '../core/problem.ts'
import type { Health, Services } from '../core/services.ts'
import type { Foundation } from './foundation.ts'

/** Asks everything that Floe stands on how it is, all at once. */
export const makeHealth =
  (
    { health, ring }: Pick<Foundation, 'health' | 'ring'>,
    installation: InstallationWriters,
    parts: readonly (() => Promise<readonly Health[]>)[],
  ): Services['health'] =>
  async () => {
    const found = await Promise.all([health, ...parts].map((ask) => ask()))
    return [...found.flat(), describeWriters(installation), describeKeys(ring)]
  }

/** Looking makes the key file where there is none yet. */
function describeKeys(ring: KeyRing): Health {
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

function describeWriters(writers: InstallationWriters): Health {
  const [first] = writers.list()
  return {
    name: 'writer',
    state: 'ok',
    detail: `${first?.label ?? writers.defaultId} writes the queries.`,
    action: null,
  }
}
