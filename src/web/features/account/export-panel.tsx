import { Download } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { apiPrefix, downloadPaths } from '../../../contract/api.ts'
import type { Problem } from '../../../contract/problem.ts'
import { bytesInWords } from '../../../contract/words/amounts.ts'
import { fetchAccepted } from '../../transport/api-client.ts'
import { languageOf, ofThisPage, problemOf, RefusedCommand } from '../../transport/channel.ts'
import { serverPath } from '../../transport/server-address.ts'
import { Button } from '../../ui/button.tsx'
import { Done } from '../../ui/form.tsx'
import { useFormats } from '../../ui/formats.ts'
import { Panel } from '../../ui/panel.tsx'
import { accountWords } from '../../words/account.ts'
import { say } from '../../words/language.ts'

const words = accountWords.download

type Progress =
  | { readonly state: 'idle' }
  | { readonly state: 'running'; readonly bytes: number }
  | { readonly state: 'done'; readonly bytes: number }
  | { readonly state: 'failed'; readonly problem: Problem }

/** Everything that is kept of the person, to take along. */
export function ExportPanel() {
  const { locale } = useFormats()
  const [progress, setProgress] = useState<Progress>({ state: 'idle' })
  const running = useRef<AbortController | null>(null)
  useEffect(() => () => running.current?.abort(), [])
  const start = async (): Promise<void> => {
    const run = new AbortController()
    running.current = run
    setProgress({ state: 'running', bytes: 0 })
    try {
      const file = await download(run.signal, (bytes) => setProgress({ state: 'running', bytes }))
      save(file)
      setProgress({ state: 'done', bytes: file.content.size })
    } catch (error) {
      if (run.signal.aborted) setProgress({ state: 'idle' })
      else setProgress({ state: 'failed', problem: problemOfDownload(error) })
    }
  }
  const isRunning = progress.state === 'running'
  return (
    <Panel title={words.title} about={words.about}>
      <div className="flex flex-wrap items-center gap-3">
        <Button size="sm" onClick={() => (isRunning ? running.current?.abort() : void start())}>
          {!isRunning && <Download size={15} aria-hidden />}
          {isRunning ? words.stop : words.start}
        </Button>
        {isRunning && (
          <p className="text-sm text-fg-2">{say(words.soFar, { size: bytesInWords(progress.bytes, locale) })}</p>
        )}
      </div>
      {progress.state === 'failed' && (
        <p role="alert" lang={languageOf(progress.problem)} className="text-sm break-words text-bad">
          {progress.problem.message} {progress.problem.action}
        </p>
      )}
      <Done>{progress.state === 'done' && say(words.done, { size: bytesInWords(progress.bytes, locale) })}</Done>
    </Panel>
  )
}

interface DownloadedFile {
  readonly name: string
  readonly content: Blob
}

async function download(signal: AbortSignal, onProgress: (bytes: number) => void): Promise<DownloadedFile> {
  const response = await fetchAccepted(serverPath() + apiPrefix + downloadPaths.person, { signal })
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'floe.zip'
  const parts: Uint8Array<ArrayBuffer>[] = []
  const reader = response.body?.getReader()
  let bytes = 0
  for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
    parts.push(read.value)
    bytes += read.value.length
    onProgress(bytes)
  }
  return { name, content: new Blob(parts, { type: 'application/zip' }) }
}

function save({ name, content }: DownloadedFile): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}

/** An archive that was cut short is not saved. */
const problemOfDownload = (error: unknown): Problem =>
  error instanceof RefusedCommand
    ? error.problem
    : ofThisPage({ ...problemOf(error), message: words.brokeOff, action: words.brokeOffAction })
