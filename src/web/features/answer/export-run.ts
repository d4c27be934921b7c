import { useCallback, useRef, useState } from 'react'
import { apiPrefix, downloadPaths } from '../../../contract/api.ts'
import type { ExportJob, ExportOrder } from '../../../contract/result-export.ts'
import { RefusedCommand } from '../../transport/channel.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { serverPath } from '../../transport/server-address.ts'
import { useToast } from '../../ui/toasts.tsx'
import { exportWords as words } from '../../words/exporting.ts'
import { say } from '../../words/language.ts'

/** What the page asks for; the server fills in what is left out. */
export type WantedExport = Partial<ExportOrder> & Pick<ExportOrder, 'format'>

/** An export as the page sees it. */
export type ExportState =
  | { readonly kind: 'none'; readonly error: unknown }
  /** `job` is null before the server has answered. */
  | { readonly kind: 'running'; readonly job: ExportJob | null }
  | { readonly kind: 'done'; readonly job: ExportJob }

/** How often it is asked how far a file is, and how long that is tried on a line that is down. */
const askEveryMs = 400
const longestGapMs = 60_000

/** Exports of one turn: makes a file on the server, tells how far it is, and lets the browser save it. Goes on after its place on the page is gone. */
export function useExport(api: ApiClient, turnId: string) {
  const toast = useToast()
  const [state, setState] = useState<ExportState>({ kind: 'none', error: null })
  const running = useRef<AbortController | null>(null)
  const last = useRef<WantedExport | null>(null)
  const start = useCallback(
    async (wanted: WantedExport): Promise<void> => {
      last.current = wanted
      const stopping = new AbortController()
      running.current = stopping
      setState({ kind: 'running', job: null })
      try {
        const job = await follow(api, await api.exports.start({ turnId, ...wanted }), {
          signal: stopping.signal,
          onJob: (now) => setState({ kind: 'running', job: now }),
        })
        saveFile(fileAddress(job))
        setState({ kind: 'done', job })
        toast({ text: say(words.saved, { name: job.fileName }) })
      } catch (error) {
        if (stopping.signal.aborted) toast({ text: words.cancelled })
        setState({ kind: 'none', error: stopping.signal.aborted ? null : error })
      }
    },
    [api, turnId, toast],
  )
  return {
    state,
    start,
    /** The same file once more, by running the query without the row limit of its turn. */
    runAgain: () => (last.current === null ? undefined : void start({ ...last.current, again: true })),
    cancel: () => running.current?.abort(),
    reset: () => setState({ kind: 'none', error: null }),
  }
}

interface FollowOptions {
  readonly signal: AbortSignal
  readonly onJob: (job: ExportJob) => void
}

/** Waits until a file is made. Rejects with the problem of one that fails; once aborted, the server has stopped making it. */
async function follow(api: ApiClient, first: ExportJob, { signal, onJob }: FollowOptions): Promise<ExportJob> {
  let job = first
  let seenMs = performance.now()
  while (job.state === 'running') {
    onJob(job)
    await new Promise((resolve) => setTimeout(resolve, askEveryMs))
    if (signal.aborted) await api.exports.remove({ exportId: job.id })
    signal.throwIfAborted()
    try {
      job = await api.exports.read({ exportId: job.id })
      seenMs = performance.now()
    } catch (error) {
      // A line that is down for a while is no end of the export.
      if (error instanceof RefusedCommand || performance.now() - seenMs > longestGapMs) throw error
    }
  }
  if (job.problem !== null) throw new RefusedCommand(job.problem)
  return job
}

/** Where the finished file is fetched. */
export const fileAddress = ({ id }: ExportJob): string =>
  serverPath() + apiPrefix + downloadPaths.exportFile.replace('{exportId}', id)

/** Hands a file to the browser, which shows how far its download is and goes on with one that broke. */
function saveFile(address: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = ''
  link.click()
}
