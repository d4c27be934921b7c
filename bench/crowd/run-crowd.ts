// `npm run load` and `npm run soak`: people who ask, approve, scroll, export, stop and reconnect, all at once, on a server of their own.
import { cpus, totalmem } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ms, printFigures, type Figure } from '../measure.ts'
import { makePerson, type Person } from './person.ts'
import { makeRecord, type Record } from './record.ts'
import { startWatchedServer, type Sample, type WatchedServer } from './watched-server.ts'

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '200' },
    minutes: { type: 'string', default: '10' },
    /** Seconds that a person thinks between two things, on average. */
    pause: { type: 'string', default: '20' },
    /** Seconds over which people come; what is measured begins after them. */
    ramp: { type: 'string', default: '60' },
  },
})
const [people, minutes, pause, ramp] = [values.people, values.minutes, values.pause, values.ramp].map(positive) as [
  number,
  number,
  number,
  number,
]
const sampleEveryMs = 5_000
const restMs = 20_000

function positive(text: string): number {
  const value = Number(text)
  if (value > 0 && value <= 100_000) return value
  console.error(`"${text}" is no number above 0. Usage: npm run load -- --people 200 --minutes 10 --pause 20 --ramp 60`)
  process.exit(2)
}

/** Lets people come, measures from then on, and prints each figure beside its goal; false where one is missed. */
async function measure(server: WatchedServer): Promise<boolean> {
  const record = makeRecord()
  const persons = await signIn(server, record)
  const before = server.sample()
  const stopping = new AbortController()
  const busy = [
    server.probe(record, stopping.signal),
    ...persons.map((one) => keepBusy(one, stopping.signal, Math.random() * ramp * 1_000)),
  ]
  await delay(ramp * 1_000)
  record.clear()
  const samples: Sample[] = []
  for (const end = performance.now() + minutes * 60_000; performance.now() < end;) {
    await delay(sampleEveryMs)
    samples.push(server.sample())
  }
  stopping.abort()
  await Promise.all(busy)
  for (const one of persons) one.leave()
  await delay(restMs)
  const figures = describe({ record, before, samples, after: server.sample() })
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`
  printFigures(`${people} people, ${minutes} minutes, ${pause} s between; ${server.store}; ${machine}`, figures)
  for (const failure of new Set(record.counts().failures)) console.log(`  ${failure}`)
  return figures.every(({ met }) => met !== false)
}

async function signIn(server: WatchedServer, record: Record): Promise<readonly Person[]> {
  const persons: Person[] = []
  while (persons.length < people)
    persons.push(makePerson(await server.signedIn(`person${persons.length}`), record, Math.random))
  return persons
}

/** One thing after another with a pause of half to one and a half times the average between them. */
async function keepBusy(one: Person, signal: AbortSignal, firstMs: number): Promise<void> {
  await rest(firstMs, signal)
  while (!signal.aborted) {
    await one.act()
    await rest(pause * 1_000 * (0.5 + Math.random()), signal)
  }
}

/** A pause that the end cuts short. */
const rest = (ms: number, signal: AbortSignal): Promise<void> => delay(ms, undefined, { signal }).catch(() => undefined)

interface Measured {
  readonly record: Record
  readonly before: Sample
  readonly samples: readonly Sample[]
  readonly after: Sample
}

function describe({ record, before, samples, after }: Measured): readonly Figure[] {
  const { done, refused, failures } = record.counts()
  const slope = slopeOf(samples)
  const most = Math.max(...samples.map(({ memoryMb }) => memoryMb))
  const mb = (value: number): string => `${value.toFixed(0)} MB`
  return [
    { what: 'things done', measured: `${done}, ${(done / minutes / 60).toFixed(1)} a second`, goal: '', met: null },
    { what: 'answers "try again"', measured: String(refused), goal: '', met: null },
    { what: 'failures', measured: String(failures.length), goal: '0', met: failures.length === 0 },
    ...record.activities().map(({ name, count, at }): Figure => {
      const hasGoal = name.startsWith('question')
      const measured = `p50 ${ms(at(0.5))}, p95 ${ms(at(0.95))}, p99 ${ms(at(0.99))} (${count})`
      return { what: name, measured, goal: hasGoal ? 'p99 ≤ 250 ms' : '', met: hasGoal ? at(0.99) <= 250 : null }
    }),
    {
      what: 'memory of all processes: before, at most, at rest after',
      measured: [before.memoryMb, most, after.memoryMb].map(mb).join(', '),
      goal: '',
      met: null,
    },
    {
      what: 'slope of the memory',
      measured: `${slope.toFixed(2)} MB a minute`,
      goal: '≤ 1 MB a minute',
      met: slope <= 1,
    },
    {
      what: 'open files and sockets: before, at rest after',
      measured: `${before.handles}, ${after.handles}`,
      goal: '',
      met: null,
    },
  ]
}

/** By least squares, in MB a minute. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const minute = mean(samples.map(({ at }) => at / 60))
  const memory = mean(samples.map(({ memoryMb }) => memoryMb))
  const over = samples.reduce((sum, { at, memoryMb }) => sum + (at / 60 - minute) * (memoryMb - memory), 0)
  return over / samples.reduce((sum, { at }) => sum + (at / 60 - minute) ** 2, 0)
}

const server = await startWatchedServer()
try {
  process.exitCode = (await measure(server)) ? 0 : 1
} finally {
  await server.stop()
}
