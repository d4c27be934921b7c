import { AsyncLocalStorage } from 'node:async_hooks'
import { write as writeFile, writeSync } from 'node:fs'
import { pino, type DestinationStream, type LevelWithSilent, type Logger } from 'pino'
import { placesIn } from '../processes/child-words.ts'
import { uuidIn, type LogIds, type LogScope } from '../../core/ports/log-scope.ts'
import { ProblemError } from '../../core/problem.ts'

/** So many lines about one fault are written in a minute; further ones are counted. */
const mostAMinute = 20
const minuteMs = 60_000
/** Different faults remembered at once; beyond that lines are written as they come. */
const mostRemembered = 500
const warnLevel = 40
/** How long `toggleDebug` has debug lines written: nobody has to think of ending it. */
const debugForMs = 15 * minuteMs

/** Lines that wait for a slow or a full destination, in characters. */
const mostWaiting = 1_000_000
const retryMs = 100

export interface LogSettings {
  readonly level: LevelWithSilent
  /** Whether lines may quote what people asked, wrote or stored. */
  readonly quotes: boolean
  readonly destination: DestinationStream
  /** The trace that a line belongs to; null for none. */
  readonly traceId?: () => string | null
}

export interface Log {
  readonly logger: Logger
  readonly scope: LogScope
  readonly quotes: boolean
  /** Has debug lines written for 15 minutes, or no longer where they are being written already. */
  readonly toggleDebug: () => void
}

/**
 * Makes the log of the program: a JSON object a line, with the ids of its scope. An error is written as its sort, code and places and the first
 * line of its message, in which texts between quotation marks are left out unless `quotes` is set. Warnings and errors about one fault (its code and the place it
 * came from) are written up to 20 times in a minute and then counted: one more line says how often it came besides.
 */
export function makeLog({ level, quotes, destination, traceId = () => null }: LogSettings): Log {
  const { scope, idsAtHand, outside } = makeScope()
  const isOneTooMany = makeFolds((fault, lineLevel, times) => {
    const { msg, ...which } = fault
    outside(() => logger[lineLevel >= 50 ? 'error' : 'warn']({ ...which, times }, `again: ${msg}`))
  })
  const logger = pino(
    {
      level,
      mixin: (_fields, _level, own) => {
        const trace = traceId()
        return trace === null ? idsAtHand(own) : { ...idsAtHand(own), traceId: trace }
      },
      serializers: { err: (error: unknown) => presentFault(error, quotes) },
      hooks: {
        logMethod(given, write, lineLevel) {
          const line = readLine(given)
          if (lineLevel >= warnLevel && isOneTooMany(faultOf(line.fields, line.msg), lineLevel)) return
          write.apply(this, line.msg === '' ? [line.fields] : [line.fields, line.msg])
        },
      },
    },
    destination,
  )
  return { logger, scope, quotes, toggleDebug: makeToggle(logger, level) }
}

/**
 * Writes lines to an open descriptor in the background, in their order. While it takes none, as on a full disk, they wait; those beyond 1 MB are
 * left out, and a line tells how many once it takes lines again. A log that cannot be written never holds up the program.
 */
export function writeLinesTo(fd: number): DestinationStream & { flushSync(): void } {
  let [waiting, lost] = ['', 0]
  let piece = Buffer.alloc(0)
  let isBusy = false
  const take = (): Buffer<ArrayBuffer> => {
    const taken = lost === 0 ? waiting : waiting + lineOfLost(lost)
    ;[waiting, lost] = ['', 0]
    return Buffer.from(taken)
  }
  const next = (): void => {
    if (piece.length === 0) piece = take()
    isBusy = piece.length > 0
    if (!isBusy) return
    writeFile(fd, piece, (error, written) => {
      piece = piece.subarray(written ?? 0)
      if (error === null) next()
      else setTimeout(next, retryMs).unref()
    })
  }
  return {
    write: (line) => {
      if (waiting.length + line.length > mostWaiting) lost += 1
      else waiting += line
      if (!isBusy) next()
    },
    // For an end that waits for nothing: what cannot be written now is lost with the process, and the logger ignores that this throws.
    flushSync: () => {
      for (let rest = take(); rest.length > 0;) rest = rest.subarray(writeSync(fd, rest))
    },
  }
}

const lineOfLost = (lines: number): string =>
  `${JSON.stringify({ level: warnLevel, time: Date.now(), lines, msg: 'lines of the log are missing here: they could not be written' })}\n`

/** Scopes follow the calls and awaits of what runs in them. */
function makeScope() {
  const storage = new AsyncLocalStorage<{ ids: LogIds; isOver: boolean } | null>()
  const scope: LogScope = {
    within(ids, work, until) {
      const opened = { ids: { ...storage.getStore()?.ids, ...ids }, isOver: false }
      const end = (): void => {
        opened.isOver = true
      }
      // What lives longer, such as a process that others use afterwards, says nothing of whoever started it.
      until?.then(end, end)
      return storage.run(opened, work)
    },
    add(ids) {
      const opened = storage.getStore() ?? null
      if (opened !== null) opened.ids = { ...opened.ids, ...ids }
    },
    person: () => storage.getStore()?.ids.personId ?? null,
  }
  const idsAtHand = (logger: Logger): object => {
    const opened = storage.getStore() ?? null
    if (opened === null || opened.isOver) return {}
    // A logger of a request writes that id by itself.
    const { requestId, ...others } = opened.ids
    return requestId === undefined || 'requestId' in logger.bindings() ? others : { requestId, ...others }
  }
  return { scope, idsAtHand, outside: (work: () => void) => storage.run(null, work) }
}

type Fields = Readonly<Record<string, unknown>>

/** What was given to a method of the logger. An error by itself gets words of ours: pino would write its message as it is. */
function readLine([first, second]: readonly unknown[]): { readonly fields: Fields; readonly msg: string } {
  const unnamed = 'a fault'
  if (first instanceof Error) return { fields: { err: first }, msg: typeof second === 'string' ? second : unnamed }
  if (typeof first !== 'object' || first === null) return { fields: {}, msg: String(first) }
  return { fields: first as Fields, msg: typeof second === 'string' ? second : 'err' in first ? unnamed : '' }
}

/** What makes two lines tell of the same fault. */
interface Fault {
  readonly msg: string
  readonly code: string | null
  readonly place: string | null
}

function faultOf({ err, code, kind }: Fields, msg: string): Fault {
  const error = err instanceof Error ? err : null
  const named = code ?? (error === null ? kind : (codeOf(error) ?? error.name))
  const place = error === null ? null : (placesIn(error).find((frame) => !/^at (?:new )?problem/i.test(frame)) ?? null)
  return { msg, code: typeof named === 'string' || typeof named === 'number' ? String(named) : null, place }
}

/** Counts lines about a fault. The result says whether one is too many; `tell` hears at the end of the minute how many were. */
function makeFolds(tell: (fault: Fault, lineLevel: number, times: number) => void) {
  const counts = new Map<string, number>()
  return (fault: Fault, lineLevel: number): boolean => {
    const key = JSON.stringify(fault)
    const times = counts.get(key) ?? 0
    if (times === 0) {
      if (counts.size >= mostRemembered) return false
      setTimeout(() => {
        const more = (counts.get(key) ?? 0) - mostAMinute
        counts.delete(key)
        if (more > 0) tell(fault, lineLevel, more)
      }, minuteMs).unref()
    }
    counts.set(key, times + 1)
    return times >= mostAMinute
  }
}

/** Switches debug lines on for a while, and off. */
function makeToggle(logger: Logger, usual: LevelWithSilent): () => void {
  let ending: NodeJS.Timeout | null = null
  const end = (): void => {
    if (ending !== null) clearTimeout(ending)
    ending = null
    logger.info(`debug lines end; the level is ${usual} again`)
    logger.level = usual
  }
  return () => {
    if (ending !== null) return end()
    logger.level = 'debug'
    ending = setTimeout(end, debugForMs).unref()
    logger.info(`debug lines begin, for ${debugForMs / minuteMs} minutes or until the next signal`)
  }
}

const deepestCause = 3

/** An error as it is written: nothing of it but its sort, its code, its places and its message, which may be cut. */
function presentFault(error: unknown, quotes: boolean, depth = 0): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const { name, message, cause } = error
  const code = codeOf(error)
  return {
    type: name,
    ...(code === null ? {} : { code }),
    message: quotes ? message : withoutQuotes(message),
    stack: placesIn(error).join('\n'),
    ...(cause === undefined || depth >= deepestCause ? {} : { cause: presentFault(cause, quotes, depth + 1) }),
  }
}

function codeOf(error: Error): string | number | null {
  if (error instanceof ProblemError) return error.problem.code
  const code: unknown = 'code' in error ? error.code : null
  return typeof code === 'string' || typeof code === 'number' ? code : null
}

const longestMessage = 300

/**
 * The first line of a text that others may have written, without what it quotes (engines and parsers put names and values between quotation
 * marks), addresses of people, long numbers and what looks like a token.
 */
export function withoutQuotes(text: string): string {
  const [line = ''] = text.slice(0, 2_000).split(/[\r\n\u2028]/)
  return line
    .replaceAll(/(?<![\p{L}\p{N}])(["'`])(?:(?!\1).)*\1/gu, '…')
    .replace(/(?:["`]|(?<![\p{L}\p{N}])').*$/u, '…')
    .replaceAll(/[^\s@<>()]+@[^\s@<>()]+/g, '…')
    .replaceAll(/(?<![\w-])[\w-]{32,}(?:\.[\w-]+)*/g, (word) => (uuidIn(word) === null ? '…' : word))
    .replaceAll(/(?<![\w-])\d{6,}(?!\w)/g, '…')
    .slice(0, longestMessage)
}
