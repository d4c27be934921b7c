import { isReservedRef } from '../core/connections/combine-connections.ts'
import type { Services } from '../core/services.ts'
import type { CliContext } from './cli-io.ts'
import { escapeLines } from './format/terminal-text.ts'

/** Says on stderr what makes a saved connection less safe than it should be. */
export async function warnAbout({ io, needs }: CliContext, services: Services, connection: string): Promise<void> {
  if (isReservedRef(connection)) return
  const all = await services.connections.list(needs.caller)
  const warning = all.find(({ name }) => name.toLowerCase() === connection.toLowerCase())?.warning ?? null
  if (warning !== null) io.stderr.write(escapeLines(`floe: WARNING: ${warning}\n`))
}
