import { AsyncLocalStorage } from 'node:async_hooks'
import type { Context } from '@opentelemetry/api'
import type { ExportResultCode } from '@opentelemetry/core'
import type { SpanExporter } from '@opentelemetry/sdk-trace-base'
import { silentTracer, type Span, type SpanFacts, type Tracer } from '../../core/ports/tracer.ts'

/** A tracer whose spans a collector is sent over OTLP. */
export interface Tracing {
  readonly tracer: Tracer
  /** Loads what sends, which takes a while; spans that begin before are not sent. */
  load(): Promise<void>
  /** Sends what waits, for a few seconds at most, and ends. */
  close(): Promise<void>
}

interface TracingNeeds {
  /** Where the collector takes OTLP over HTTP, without `/v1/traces`. */
  readonly endpoint: string
  /** Sent along, such as a key. */
  readonly headers: Readonly<Record<string, string>>
  readonly serviceName: string
  /** Which share of the traces is sent, 0 to 1; the parts of one trace go together. */
  readonly share: number
  readonly version: string
  readonly instanceId: string
  /** Told once when the collector cannot be reached, and once when it can again. */
  readonly log: (level: 'warn' | 'info', message: string) => void
}

const sendWithinMs = 5_000

/** Makes the tracer of a process. */
export function makeOpenTelemetry(needs: TracingNeeds): Tracing {
  const running = new AsyncLocalStorage<Context>()
  let opened: Opened | null = null
  let loading: Promise<void> | null = null
  const tracer: Tracer = {
    begin: (name, facts, cameWith) =>
      opened === null
        ? silentTracer.begin(name)
        : beginSpan(opened, running, { name, ...(facts && { facts }), ...(cameWith !== undefined && { cameWith }) }),
    traceId: () => {
      const context = running.getStore()
      return context === undefined ? null : (opened?.api.trace.getSpanContext(context)?.traceId ?? null)
    },
  }
  return {
    tracer,
    load: () => (loading ??= open(needs).then((all) => void (opened = all))),
    close: async () => {
      await loading
      // What could not be sent was told by the exporter.
      await opened?.provider.shutdown().catch(() => undefined)
    },
  }
}

// Late, because it costs memory and time at the start of a server that sends nothing.
async function open(needs: TracingNeeds) {
  const [api, { ExportResultCode, W3CTraceContextPropagator }, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/core'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ])
  const exporter = new OTLPTraceExporter({
    url: `${needs.endpoint.replace(/\/$/, '')}/v1/traces`,
    headers: { ...needs.headers },
    timeoutMillis: sendWithinMs,
  })
  const provider = new sdk.BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': needs.serviceName,
      'service.version': needs.version,
      'service.instance.id': needs.instanceId,
    }),
    sampler: new sdk.TraceIdRatioBasedSampler(needs.share),
    spanProcessors: [
      new sdk.BatchSpanProcessor(tellLoss(exporter, ExportResultCode.FAILED, needs), {
        exportTimeoutMillis: sendWithinMs,
      }),
    ],
  })
  return {
    api,
    provider,
    propagator: new W3CTraceContextPropagator(),
    maker: provider.getTracer('floe', needs.version),
  }
}

type Opened = Awaited<ReturnType<typeof open>>

function beginSpan(
  { api, propagator, maker }: Opened,
  running: AsyncLocalStorage<Context>,
  { name, facts = {}, cameWith }: { readonly name: string; readonly facts?: SpanFacts; readonly cameWith?: string },
): Span {
  const around = running.getStore() ?? api.ROOT_CONTEXT
  const parent =
    cameWith === undefined ? around : propagator.extract(around, { traceparent: cameWith }, api.defaultTextMapGetter)
  const span = maker.startSpan(name, { attributes: facts }, parent)
  const inside = api.trace.setSpan(parent, span)
  return {
    run: (work) => running.run(inside, work),
    note: (more) => void span.setAttributes(more),
    end: (problem) => {
      if (!span.isRecording()) return
      if (problem !== undefined) span.setAttribute('error.type', problem).setStatus({ code: api.SpanStatusCode.ERROR })
      span.end()
    },
  }
}

/** An exporter whose failures are told once, until it has sent again. */
function tellLoss(exporter: SpanExporter, failure: ExportResultCode, { endpoint, log }: TracingNeeds): SpanExporter {
  const place = `The trace collector at ${URL.parse(endpoint)?.host ?? 'OTEL_EXPORTER_OTLP_ENDPOINT'}`
  let isLost = false
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failed = result.code === failure
        if (failed && !isLost)
          log('warn', `${place} takes no spans (${result.error?.message ?? 'it gave no reason'}); they are dropped.`)
        if (!failed && isLost) log('info', `${place} takes spans again.`)
        isLost = failed
        done(result)
      }),
    forceFlush: async () => await exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  }
}
