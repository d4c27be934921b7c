// By its namespace: a Node too old for it would fail at this line, before it could be told so.
import * as nodeModule from 'node:module'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`Floe needs Node 22.18 or newer; this is ${process.version}.\n`)
  process.exit(1)
}
nodeModule.enableCompileCache()
const { startProgram } = await import('./start-program.ts')
process.exitCode = await startProgram(process.argv.slice(2))
// A connection whose other end never confirms its closing would keep the process alive.
setTimeout(() => process.exit(), 1_000).unref()
