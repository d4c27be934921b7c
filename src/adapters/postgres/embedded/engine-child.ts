import { endWithParent } from '../../processes/end-with-parent.ts'
import type { EngineOrder } from './engine-message.ts'
import { runEngine } from './run-engine.ts'

/** A checkpoint of a large database may take this long; without it the next opening replays the log. */
const closingMs = 5_000

// Entry of the process that holds the embedded database.
endWithParent({ graceMs: closingMs })
process.umask(0o077)

const order = JSON.parse(process.argv[2] ?? '{}') as EngineOrder
const running = runEngine(order, (reason) => {
  process.stderr.write(`${reason}\n`)
  // Memory of an engine that panicked is worthless; the next one recovers from the log of changes.
  process.kill(process.pid, 'SIGKILL')
})

let stopping = false
async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  const engine = await running
  await engine.stop()
  process.exit(0)
}

process.on('message', () => void stop())
process.on('disconnect', () => void stop())
// It may have ended before this was listening.
if (!process.connected) void stop()
const { message } = await running
process.send?.(message, () => {
  if (message.kind !== 'owner') process.exit(0)
})
