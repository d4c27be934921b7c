import { createInterface, type Interface } from 'node:readline'
import type { CliIo } from './cli-io.ts'

/** Asks the person at the terminal, on stderr so that stdout stays for the answer. */
export interface Prompt {
  /** One line of answer; null when there is no more input or the run was stopped. */
  ask(question: string): Promise<string | null>
  close(): void
}

/** Makes a prompt that touches stdin only once something is asked. */
export function makePrompt({ stdin, stderr }: CliIo, signal: AbortSignal): Prompt {
  let reader: Interface | null = null
  let lines: AsyncIterator<string> | null = null
  return {
    async ask(question) {
      stderr.write(question)
      // Without line editing of its own it leaves Ctrl-C to the process.
      reader ??= createInterface({ input: stdin, terminal: false, signal })
      lines ??= reader[Symbol.asyncIterator]()
      const { value, done } = await lines.next()
      return done === true ? null : value
    },
    close() {
      reader?.close()
    },
  }
}
