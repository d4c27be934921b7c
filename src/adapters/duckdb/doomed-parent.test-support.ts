import { makeDuckdbProcess } from './duckdb-process.ts'
import type { EngineSettings } from './engine/engine-settings.ts'

// A program that starts an engine, lets it work, and tells its process id: to be killed by a test.
process.once('message', (order: { readonly settings: EngineSettings; readonly sql: string }) => {
  const engine = makeDuckdbProcess(order.settings, { idleMs: 60_000, onFault: () => undefined })
  const options = { maxRows: 1, maxBytes: 1, timeoutMs: 600_000, signal: new AbortController().signal }
  engine.run(order.sql, options).then(
    () => process.send?.({ pid: engine.pid() }),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
