import type { Readable, Writable } from 'node:stream'
import type { Caller } from '../core/caller.ts'
import type { ConnectionKind } from '../core/ports/connection-kind.ts'
import type { Services } from '../core/services.ts'

/** The process around a command. */
export interface CliIo {
  readonly stdin: Readable
  /** `columns` is known where it is a terminal. */
  readonly stdout: Writable & { readonly columns?: number }
  readonly stderr: Writable
  /** Whether a person is there to be asked: stdin and stderr are a terminal. */
  readonly isTerminal: boolean
  /** Where stop signals arrive: the process. */
  readonly signals: SignalSource
}

/** Signals that end a command in order: Ctrl-C, a request to stop, the closing of the terminal. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

interface SignalSource {
  on(signal: StopSignal, listener: () => void): unknown
  off(signal: StopSignal, listener: () => void): unknown
}

/** What the command line needs of a kind of connection. */
export type KindForCli = Pick<ConnectionKind, 'kind' | 'commandLine' | 'setupScript' | 'summarize'>

/** What the commands stand on. Nothing is opened before a command asks for it. */
export interface CliNeeds {
  openServices(): Promise<Services>
  /** Serves until `signal` is aborted, then stops in order. */
  serve(signal: AbortSignal): Promise<void>
  /** Logs an unintended error; the person is told only that there was one. */
  logDefect(error: unknown): void
  readonly caller: Caller
  /** The caller of `floe admin`. */
  readonly operator: Caller
  readonly version: string
  /** The kinds of connection that people save, for their options. */
  readonly kinds: readonly KindForCli[]
}

/** What one run of a command has at hand. */
export interface CliContext {
  readonly io: CliIo
  readonly needs: CliNeeds
  readonly output: Output
  /** Aborted with a `Stopped` when the person or the reader of the output has had enough. */
  readonly signal: AbortSignal
}

/** Standard output for a command: writes wait for their reader. */
export interface Output {
  /** Resolves when there is room for more; rejects with the stop's reason once the run is stopped. */
  write(text: string | Uint8Array): Promise<void>
  /** Resolves when everything written is with the operating system. */
  flush(): Promise<void>
}

/** Ends a command early, with this exit code and without an error. */
export class Stopped extends Error {
  readonly exitCode: number
  constructor(exitCode: number) {
    super('stopped')
    this.name = 'Stopped'
    this.exitCode = exitCode
  }
}

/** Opens the services for one piece of work and closes them after it, however it ends. */
export async function withServices<T>(needs: CliNeeds, work: (services: Services) => Promise<T>): Promise<T> {
  const services = await needs.openServices()
  try {
    return await work(services)
  } finally {
    await services.close()
  }
}
