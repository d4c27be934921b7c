import { flushCompileCache } from 'node:module'
import { endWithParent } from '../processes/end-with-parent.ts'
import type { FromChild, ToChild } from './child-protocol.ts'
import { serveEngine } from './engine/serve-engine.ts'
import { watchMemory } from './watch-memory.ts'

const send = (message: FromChild): void => {
  if (process.connected) process.send?.(message)
}

/** The process that owns DuckDB. It talks over its channel only, and dies with its parent. */
function main(): void {
  endWithParent({ graceMs: 0 })
  // Nothing does so at the end of a process that is killed.
  flushCompileCache()
  let serving: Promise<(message: ToChild) => void> | undefined
  process.on('message', (message: ToChild) => {
    if (message.kind === 'open') {
      watchMemory(message.settings.memoryLimitMb)
      serving = serveEngine(message.settings, send)
      serving.then(
        () => send({ kind: 'opened' }),
        (error: unknown) => send({ kind: 'unopened', message: error instanceof Error ? error.message : String(error) }),
      )
      return
    }
    serving?.then(
      (handle) => handle(message),
      () => undefined,
    )
  })
}

main()
