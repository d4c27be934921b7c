import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** What the system tells about a process. */
interface ProcessFacts {
  readonly parent: number
  readonly session: string
  /** Differs between two processes that got the same id one after the other. */
  readonly startedAt: string
  readonly command: string
}

const lookEveryMs = 500
const isNpm = (command: string): boolean => /^(npm|npx)( |$)|(^|\/)(npm|npx)-cli\.js( |$)/.test(command)
const isOwnScript = (command: string): boolean =>
  /[ /](scripts\/start\.mjs|bin\/floe\.mjs|\.bin\/floe)( |$)/.test(command)
const isShell = (command: string): boolean => /^(\S*\/)?(sh|bash|dash|zsh|ash) -c /.test(command)

/**
 * Calls `onGone` once a process that launched this one has ended: npm, npx, the shell they run a script in, or a script of the checkout. npm passes
 * a signal on to its shell, which ends without passing it on, so that without this watch the program would run on. A process that was started
 * in another way, or moved into a session of its own, has no launcher and is never ended by this.
 */
export function watchLauncher(onGone: () => void): void {
  const launchers = findLaunchers()
  if (launchers.size === 0) return
  const timer = setInterval(() => {
    if ([...launchers].every(([pid, startedAt]) => readProcess(pid)?.startedAt === startedAt)) return
    clearInterval(timer)
    onGone()
  }, lookEveryMs)
  timer.unref()
}

/** The launchers by process id, with their start. A shell counts only below npm. */
function findLaunchers(): ReadonlyMap<number, string> {
  const launchers = new Map<number, string>()
  const shells = new Map<number, string>()
  const session = readProcess(process.pid)?.session
  for (let pid = process.ppid; pid > 1;) {
    const found = readProcess(pid)
    if (found === null || found.session !== session) break
    const { command, startedAt, parent } = found
    if (isShell(command)) shells.set(pid, startedAt)
    else if (isOwnScript(command)) launchers.set(pid, startedAt)
    else if (isNpm(command)) for (const launcher of [...shells, [pid, startedAt] as const]) launchers.set(...launcher)
    else break
    pid = parent
  }
  return launchers
}

/** Null when the process has ended. */
function readProcess(pid: number): ProcessFacts | null {
  try {
    return existsSync('/proc/self/stat') ? readProcFiles(pid) : askPs(pid)
  } catch {
    // Both ways fail when there is no such process any more.
    return null
  }
}

function readProcFiles(pid: number): ProcessFacts | null {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field is the name in parentheses, which may hold blanks.
  const [state, parent, , session = '', ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (state === 'Z') return null
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  return { parent: Number(parent), session, startedAt: rest[15] ?? '', command }
}

function askPs(pid: number): ProcessFacts | null {
  const options: ExecFileSyncOptionsWithStringEncoding = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }
  const line = execFileSync('ps', ['-o', 'ppid=,sess=,lstart=,command=', '-p', String(pid)], options)
  const [, parent, session = '', startedAt = '', command = ''] =
    /^\s*(\d+)\s+(\S+)\s+(\w+ +\w+ +\d+ +[\d:]+ +\d+)\s+(.*)$/.exec(line.trimEnd()) ?? []
  return parent === undefined ? null : { parent: Number(parent), session, startedAt, command }
}
