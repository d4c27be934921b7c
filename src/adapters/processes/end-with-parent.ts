import { existsSync, writeFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { placesOf } from './child-words.ts'

interface EndWithParentOptions {
  /** How long the process may go on after its parent has ended, to put its files or remote queries in order. 0 ends it at once. */
  readonly graceMs: number
}

const lookEveryMs = 500
/** A parent that lives may close the channel and give its child longer; it ends the child itself then. */
const partingMs = 3_000

/**
 * Ties this forked process to the life of its parent. Call it first in the entry of a child process.
 *
 * - A thread looks at the parent's process id, because native code can block the main thread for minutes.
 * - Every end is a SIGKILL: `process.exit` waits for the thread pool, where a query may still be running that nobody can stop any more.
 * - Where memory is short, Linux ends it before its parent, which would take everybody's work with it.
 * - Signals that a terminal or a service manager sends to the whole group are ignored: the parent decides what becomes of running work.
 * - What an uncaught error says is written without its words: they may quote a secret, or what somebody asked.
 */
export function endWithParent({ graceMs }: EndWithParentOptions): void {
  endFirstWithoutMemory()
  const ignored: readonly NodeJS.Signals[] = [
    'SIGINT',
    'SIGTERM',
    'SIGHUP',
    ...(process.platform === 'win32' ? [] : ['SIGUSR2' as const]),
  ]
  for (const signal of ignored) process.on(signal, () => undefined)
  // The thread below sees nothing where the parent ended before it looked first.
  const endSoon = (): void => {
    if (graceMs === 0) endNow()
    setTimeout(endNow, graceMs + partingMs)
  }
  process.on('disconnect', endSoon)
  if (!process.connected) endSoon()
  // A message could not be sent because the parent is gone.
  process.on('error', endNow)
  process.on('uncaughtException', (error) => {
    process.stderr.write(`A defect ended the process: ${placesOf(error)}\n`, endNow)
  })
  // The program is a string so that the thread loads no module. Its heap is as small as V8 allows.
  const watch = new Worker(
    `const parent = ${process.ppid}
     const end = () => process.kill(process.pid, 'SIGKILL')
     const timer = setInterval(() => {
       if (process.ppid === parent) return
       clearInterval(timer)
       setTimeout(end, ${graceMs})
     }, ${lookEveryMs})`,
    { eval: true, resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 8, stackSizeMb: 1 } },
  )
  watch.unref()
}

const ownScore = '/proc/self/oom_score_adj'
/** Of 1,000 at most; 0 is what a process has by itself. */
const endFirst = '800'

/** Has Linux choose this process before those with a lower score when memory is short. Other systems have no such score. */
function endFirstWithoutMemory(): void {
  if (!existsSync(ownScore)) return
  try {
    writeFileSync(ownScore, endFirst)
  } catch (error) {
    // A sandbox may forbid it. The process works all the same, so this is told and no more.
    process.stderr.write(`When memory is short, this process does not end before the server: ${String(error)}\n`)
  }
}

/** Ends this process at once and without waiting for its thread pool, as `process.exit` would. */
export const endNow = (): void => {
  process.kill(process.pid, 'SIGKILL')
}
