import { totalmem } from 'node:os'
import { setFlagsFromString } from 'node:v8'

/** The memory in bytes that the processes of this server may use together: the machine's, or less where a container limits it. */
export function usableMemory(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(totalmem(), limit) : totalmem()
}

/**
 * Turns off V8's optimising WebAssembly compiler. It takes hundreds of megabytes while it works on a large module, and tens for good. The flags hold
 * for the whole process, for what is compiled afterwards.
 */
export function compileWasmPlainly(): void {
  for (const flag of ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering', '--liftoff-only']) setFlagsFromString(flag)
}
