/** What is known of a span: names and counts that the program itself gives, never what a person wrote. */
export type SpanFacts = Readonly<Record<string, string | number | boolean>>

/** A part of the work under way, from its beginning to its end. */
export interface Span {
  /** Runs work as a part of it: spans that begin meanwhile lie inside it. */
  run<T>(work: () => T): T
  note(facts: SpanFacts): void
  /** Ends it; with the code of a problem where it failed. Only the first call counts. */
  end(problem?: string): void
}

/** Tells a collector what each part of the work took. Nothing here throws or waits; without a collector nothing is kept. */
export interface Tracer {
  /**
   * Begins a span inside of the one that is being run, or as the first of a new trace. `cameWith` is the `traceparent` of W3C Trace Context that
   * a request brought, whose trace it then belongs to.
   */
  begin(name: string, facts?: SpanFacts, cameWith?: string): Span
  /** The id of the trace that is being run, 32 hex digits; null outside of any. */
  traceId(): string | null
}

const silentSpan: Span = { run: (work) => work(), note: () => undefined, end: () => undefined }

/** Tells nobody. */
export const silentTracer: Tracer = { begin: () => silentSpan, traceId: () => null }
