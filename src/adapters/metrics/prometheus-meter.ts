import type PromClient from 'prom-client'
import type { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Labels, LabelValues, Measured, Meter } from '../../core/ports/meter.ts'

/** A meter whose values Prometheus reads. */
export interface PrometheusMeter {
  readonly meter: Meter
  /** Loads what keeps the counts, which takes a while; what happens before is counted then. Also called by the first reading. */
  load(): Promise<void>
  /** All values of now, in the text format 0.0.4, with its media type. */
  read(): Promise<{ readonly type: string; readonly text: string }>
}

/** Sums of the default values whose names Prometheus takes for those of counts; the parts of each sum are there besides. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']

/** Closed sets of labels with at most so many combinations begin at 0, so that the first increase is seen as one. */
const mostZeros = 200

/**
 * Makes the meter of a process. `onFault` hears what a gauge could not read. Values of Node itself (event loop, garbage collection, memory) and
 * of the process are read besides.
 */
export function makePrometheusMeter({ onFault }: { readonly onFault: (error: unknown) => void }): PrometheusMeter {
  let loaded: { readonly client: typeof PromClient; readonly registry: Registry } | null = null
  let loading: Promise<void> | null = null
  const late: Parameters<Soon>[0][] = []
  const soon: Soon = (work) => {
    if (loaded === null) late.push(work)
    else work(loaded.client, loaded.registry)
  }
  // Late, because it takes 18 MB and longer to load than the rest of the server's start.
  const open = async (): Promise<void> => {
    const { default: client } = await import('prom-client')
    const registry = new client.Registry()
    client.collectDefaultMetrics({ register: registry })
    for (const name of misnamed) registry.removeSingleMetric(name)
    loaded = { client, registry }
    for (const work of late.splice(0)) work(client, registry)
  }
  const load = (): Promise<void> => (loading ??= open())
  const meter = makeMeter(soon, onFault)
  return {
    meter,
    load,
    read: async () => {
      await load()
      if (loaded === null) throw new Error('The metrics were not loaded.')
      return { type: loaded.registry.contentType, text: await loaded.registry.metrics() }
    },
  }
}

/** Makes what is counted, once there is something to count with. */
type Soon = (work: (client: typeof PromClient, registry: Registry) => void) => void

function makeMeter(soon: Soon, onFault: (error: unknown) => void): Meter {
  return {
    counter(measured) {
      const bound = makeBounds(measured.labels)
      let counter: Counter | null = null
      soon((client, registry) => {
        counter = new client.Counter({ ...describe(measured), registers: [registry] })
        for (const labels of zerosOf(measured.labels)) counter.inc(labels, 0)
      })
      return (labels, by = 1) => soon(() => counter?.inc(bound(labels), by))
    },
    histogram(measured) {
      const bound = makeBounds(measured.labels)
      let histogram: Histogram | null = null
      soon((client, registry) => {
        const buckets = [...measured.bounds]
        histogram = new client.Histogram({ ...describe(measured), buckets, registers: [registry] })
      })
      return (labels, value) => soon(() => histogram?.observe(bound(labels), value))
    },
    gauge(measured, read) {
      const bound = makeBounds(measured.labels)
      async function collect(this: Gauge): Promise<void> {
        this.reset()
        const readings = await (async () => read())().catch(onFault)
        for (const [labels, value] of readings ?? []) this.set(bound(labels), value)
      }
      soon((client, registry) => new client.Gauge({ ...describe(measured), collect, registers: [registry] }))
    },
  }
}

const describe = <Label extends string>({ name, help, labels }: Measured<Label>) => ({
  name,
  help,
  labelNames: Object.keys(labels),
})

const other = 'other'

/** Makes a function that replaces values which a label may not have. */
function makeBounds<Label extends string>(
  labels: Readonly<Record<Label, LabelValues>>,
): (given: Labels<Label>) => Labels<Label> {
  const known = Object.entries<LabelValues>(labels).map(([name, values]) => {
    return 'atMost' in values
      ? { name, values: new Set<string>(), room: values.atMost }
      : { name, values: new Set(values), room: 0 }
  })
  return (given) => {
    const bounded: Record<string, string> = {}
    for (const { name, values, room } of known) {
      const value = given[name as Label]
      if (!values.has(value) && values.size < room) values.add(value)
      bounded[name] = values.has(value) ? value : other
    }
    return bounded as Labels<Label>
  }
}

/** Every combination of closed sets; none where a label is open or there are many. */
function zerosOf<Label extends string>(
  labels: Readonly<Record<Label, LabelValues>>,
): readonly Readonly<Record<string, string>>[] {
  let combined: readonly Readonly<Record<string, string>>[] = [{}]
  for (const [name, values] of Object.entries<LabelValues>(labels)) {
    if ('atMost' in values) return []
    combined = combined.flatMap((before) => values.map((value) => ({ ...before, [name]: value })))
    if (combined.length > mostZeros) return []
  }
  return combined
}
