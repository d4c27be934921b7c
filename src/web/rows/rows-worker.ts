import { makeRowEngine, type RowEngine } from './row-engine.ts'
import type { FromWorker, ToWorker } from './worker-rows.ts'

/** Long enough to lose little to stopping, short enough that what is no longer wanted ends at once. */
const sliceMs = 12

let engine: RowEngine | null = null
const underWay = new Map<number, AbortController>()

async function answer(message: Extract<ToWorker, { kind: 'ask' }>): Promise<FromWorker> {
  const { id, ask } = message
  const control = new AbortController()
  underWay.set(id, control)
  try {
    if (engine === null) throw new Error('There are no columns yet.')
    const value =
      ask.what === 'count'
        ? await engine.count(ask.view, control.signal)
        : ask.what === 'rows'
          ? await engine.rows(ask.view, ask.range, control.signal)
          : await engine.summary(ask.view, ask.column, ask.wanted, control.signal)
    return { id, value }
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) }
  } finally {
    underWay.delete(id)
  }
}

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'open') engine = makeRowEngine(data.columns, sliceMs)
  else if (data.kind === 'append') engine?.append(data.rows)
  else if (data.kind === 'cancel') underWay.get(data.id)?.abort()
  else void answer(data).then((reply) => postMessage(reply))
})
