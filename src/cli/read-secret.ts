import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { text as readAll } from 'node:stream/consumers'
import { Writable } from 'node:stream'
import { problem } from '../core/problem.ts'
import { Stopped, type CliIo } from './cli-io.ts'
import { exitCodes } from './exit-codes.ts'

/** More than any key or token holds. */
const longestSecret = 100_000

/**
 * Reads a secret from a file, or from stdin for `-`. Secrets are never arguments, which others on the machine can see. Throws `bad_request`.
 */
export async function readSecretFile(path: string, { stdin }: Pick<CliIo, 'stdin'>): Promise<string> {
  const secret = path === '-' ? await readAll(stdin) : await readTextFile(path)
  if (secret.length <= longestSecret) return secret
  throw problem('bad_request', `${path} is too large to be a secret.`, 'Name the file that holds the secret alone.')
}

async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw problem('bad_request', `${path} cannot be read (${code}).`, 'Check the path and its permissions.')
  }
}

/** Asks the person at the terminal for a secret; what is typed is not shown. */
export function askSecret(question: string, { stdin, stderr }: CliIo, signal: AbortSignal): Promise<string> {
  stderr.write(question)
  return new Promise((resolve, reject) => {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
    // As a terminal it takes the keys itself, so that nothing echoes them; Ctrl-C then arrives here.
    const reader = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0, signal })
    let answer: string | null = null
    const end = (reason: Error | null): void => {
      reader.close()
      stderr.write('\n')
      if (reason !== null) reject(reason)
      else resolve(answer ?? '')
    }
    reader.once('line', (line) => {
      answer = line
      end(null)
    })
    reader.once('SIGINT', () => end(new Stopped(exitCodes.interrupted)))
    reader.once('close', () => {
      if (answer === null) reject(signal.aborted ? (signal.reason as Error) : new Stopped(exitCodes.interrupted))
    })
  })
}
