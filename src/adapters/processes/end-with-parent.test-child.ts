import { fork } from 'node:child_process'
import { endWithParent } from './end-with-parent.ts'

// Run without an argument it is a parent that forks itself; with one it is that child, which then does what the argument names.
const behaviours: Readonly<Record<string, () => void>> = {
  'blocks its main thread': () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  'waits for messages': () => undefined,
  'sends all the time': () => void setInterval(() => process.send?.('x'), 1),
  echoes: () => void process.on('message', (message) => process.send?.(message)),
  throws: () =>
    void process.once('message', () => {
      throw new Error('a defect')
    }),
}

const [role, behaviour = ''] = process.argv.slice(2)
if (role === 'parent') {
  const child = fork(new URL(import.meta.url), ['child', behaviour], { execArgv: [] })
  child.on('message', (message) => process.send?.(message))
  child.once('exit', (code, signal) => process.exit(signal === 'SIGKILL' ? 9 : (code ?? 1)))
  process.on('message', (message) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) child.kill(signal)
    child.send(message as string)
  })
} else {
  if (behaviour === 'starts after the end of its parent') {
    const parent = process.ppid
    process.send?.('started')
    while (process.ppid === parent) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    setInterval(() => undefined, 1_000)
  }
  endWithParent({ graceMs: /^(?:waits|starts)/.test(behaviour) ? 200 : 0 })
  process.on('message', () => undefined)
  process.send?.('started', () => behaviours[behaviour]?.())
}
