// Loaded before everything else by each process and worker of a coverage run. Tests kill children and terminate workers, which then never
// write the report that Node makes at a regular exit; so what has run is written down every half a second.
import processes from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import threads from 'node:worker_threads'

const folder = process.env.NODE_V8_COVERAGE

/** Workers and child processes of the product get no environment and no flags of their parent's; here they need both. */
function followChildren() {
  const { Worker } = threads
  const isOwn = (file) => String(file).includes('/src/')
  const withPreload = (options) => ({
    ...options,
    env: { ...(options.env ?? process.env), NODE_V8_COVERAGE: folder },
    execArgv: [...(options.execArgv ?? []), '--import', import.meta.url],
  })
  threads.Worker = class extends Worker {
    constructor(file, options = {}) {
      super(file, isOwn(file) ? withPreload(options) : options)
    }
  }
  const { fork } = processes
  processes.fork = (file, args, options = {}) => fork(file, args, isOwn(file) ? withPreload(options) : options)
  syncBuiltinESMExports()
}

function writeWhatRan() {
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true })
  let count = 0
  const write = () =>
    session.post('Profiler.takePreciseCoverage', (error, taken) => {
      const isOwn = ({ url }) => url.includes('/src/') && !url.includes('/node_modules/')
      const result = error ? [] : taken.result.filter(isOwn)
      if (result.length === 0) return
      count += 1
      const name = `own-${process.pid}-${threads.threadId}-${count}.json`
      writeFileSync(join(folder, name), JSON.stringify({ result }))
    })
  setInterval(write, 500).unref()
  process.on('exit', write)
}

if (folder) {
  followChildren()
  // Vitest's own processes run rewritten text and are measured by vitest.
  if (!threads.isMainThread || !(process.argv[1] ?? '').includes('vitest')) writeWhatRan()
}
