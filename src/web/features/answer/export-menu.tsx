import { Download } from 'lucide-react'
import { useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from 'react'
import { type ExportJob, type ShownTable } from '../../../contract/result-export.ts'
import { CsvSeparator, DecimalMark, type ResultFormat } from '../../../contract/result-file.ts'
import { bytesInWords } from '../../../contract/words/amounts.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { Button, DownloadButton } from '../../ui/button.tsx'
import { Done, Fault, SelectField } from '../../ui/form.tsx'
import { useFormats } from '../../ui/formats.ts'
import { useMoments } from '../../ui/moments.ts'
import { TitledDialog } from '../../ui/modal.tsx'
import { exportWords as words } from '../../words/exporting.ts'
import { languageLocale, say } from '../../words/language.ts'
import { fileAddress, useExport, type ExportState, type WantedExport } from './export-run.ts'

export interface ExportMenuProps {
  readonly api: ApiClient
  readonly turnId: string
  /** False where whoever shares the connection does not allow exports. */
  readonly isAllowed: boolean
  /** The table as it is looked at now; null where nothing but every row can be had. */
  readonly shown: (() => ShownTable) | null
  /** Whether its dialog is open. */
  readonly isOpen: boolean
  readonly onOpen: (isOpen: boolean) => void
}

/** The way to a result as a file. The work goes on while the dialog is closed. */
export function ExportMenu({ api, turnId, isAllowed, shown, isOpen, onOpen }: ExportMenuProps) {
  const run = useExport(api, turnId)
  const { state } = run
  const label = state.kind === 'running' ? say(words.running, { bytes: inBytes(state.job?.bytes ?? 0) }) : words.button
  return (
    <>
      <Button
        look="quiet"
        size="sm"
        disabled={!isAllowed}
        title={isAllowed ? words.buttonAbout : words.refused}
        onClick={() => onOpen(true)}
      >
        <Download size={15} aria-hidden />
        {label}
      </Button>
      {!isAllowed && <span className="sr-only">{words.refused}</span>}
      {isOpen && <ExportDialog run={run} shown={shown} onClose={() => onOpen(false)} />}
    </>
  )
}

type Run = ReturnType<typeof useExport>

function ExportDialog({
  run,
  shown,
  onClose,
}: Pick<ExportMenuProps, 'shown'> & { readonly run: Run; readonly onClose: () => void }) {
  const { state } = run
  const place = useRef<HTMLDivElement>(null)
  // What was pressed is gone with the step before; the keyboard stays in the dialog.
  useEffect(() => {
    if (document.activeElement === document.body) place.current?.focus()
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- with each step
  }, [state.kind])
  return (
    <TitledDialog title={words.title} onClose={onClose}>
      <div ref={place} tabIndex={-1} className="flex flex-col gap-4 outline-none">
        {state.kind === 'none' ? (
          <ExportForm
            shown={shown}
            error={state.error}
            onStart={(wanted) => void run.start(wanted)}
            onClose={onClose}
          />
        ) : state.kind === 'running' ? (
          <Progress state={state} onCancel={run.cancel} onClose={onClose} />
        ) : (
          <Finished job={state.job} onAgain={run.reset} onRunAgain={run.runAgain} onClose={onClose} />
        )}
      </div>
    </TitledDialog>
  )
}

interface FormProps {
  readonly shown: ExportMenuProps['shown']
  readonly error: unknown
  readonly onStart: (wanted: WantedExport) => void
  readonly onClose: () => void
}

function ExportForm({ shown, error, onStart, onClose }: FormProps) {
  const formats = useFormats()
  // People who write 1,5 have spreadsheets that expect it, and semicolons between the columns.
  const isComma = formats.number('1.5').includes(',')
  const [view, setView] = useState<'all' | 'shown'>('all')
  const [format, setFormat] = useState<ResultFormat>('csv')
  const [separator, setSeparator] = useState<CsvSeparator>(isComma ? 'semicolon' : 'comma')
  const [decimalMark, setDecimalMark] = useState<DecimalMark>(isComma ? 'comma' : 'point')
  const [byteOrderMark, setMark] = useState(true)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const what = view === 'shown' && shown !== null ? { view, shown: shown() } : {}
    onStart({ format, ...what, ...(format === 'csv' ? { separator, decimalMark, byteOrderMark } : {}) })
  }
  return (
    <form aria-label={words.title} onSubmit={submit} className="flex flex-col gap-4">
      {shown !== null && (
        <Choices legend={words.what}>
          <Choice
            name="view"
            label={words.all}
            about={words.allAbout}
            isOn={view === 'all'}
            onPick={() => setView('all')}
          />
          <Choice
            name="view"
            label={words.shown}
            about={words.shownAbout}
            isOn={view === 'shown'}
            onPick={() => setView('shown')}
          />
        </Choices>
      )}
      <Choices legend={words.format}>
        {shownFormats.map((each) => (
          <Choice
            key={each}
            name="format"
            label={words.formats[each]}
            about={words.abouts[each]}
            isOn={format === each}
            onPick={() => setFormat(each)}
          />
        ))}
      </Choices>
      {format === 'csv' && (
        <Choices legend={words.csv}>
          <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
            <SelectField
              label={words.separator}
              value={separator}
              options={CsvSeparator.options.map((each) => [each, words.separators[each]])}
              onChange={(event) => setSeparator(CsvSeparator.parse(event.target.value))}
            />
            <SelectField
              label={words.decimalMark}
              value={decimalMark}
              options={DecimalMark.options.map((each) => [each, words.decimalMarks[each]])}
              onChange={(event) => setDecimalMark(DecimalMark.parse(event.target.value))}
            />
          </div>
          <label className="flex items-start gap-2.5 text-sm">
            <input
              type="checkbox"
              checked={byteOrderMark}
              onChange={(event) => setMark(event.target.checked)}
              className="mt-0.5 size-4 shrink-0 accent-accent"
            />
            {words.byteOrderMark}
          </label>
        </Choices>
      )}
      <Fault error={error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{words.close}</Button>
        <Button type="submit" look="primary">
          {words.start}
        </Button>
      </div>
    </form>
  )
}

/** What most people want comes first. */
const shownFormats: readonly ResultFormat[] = ['csv', 'xlsx', 'parquet', 'json', 'ndjson']

const Choices = ({ legend, children }: { readonly legend: string; readonly children: ReactNode }) => (
  <fieldset className="flex flex-col gap-2.5">
    <legend className="mb-2 text-sm font-medium">{legend}</legend>
    {children}
  </fieldset>
)

interface ChoiceProps {
  readonly name: string
  readonly label: string
  readonly about: string
  readonly isOn: boolean
  readonly onPick: () => void
}

function Choice({ name, label, about, isOn, onPick }: ChoiceProps) {
  const id = useId()
  return (
    <label className="flex cursor-pointer gap-2.5">
      <input
        type="radio"
        name={name}
        checked={isOn}
        aria-labelledby={id}
        aria-describedby={`${id}-about`}
        onChange={onPick}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <span className="flex min-w-0 flex-col">
        <span id={id} className="text-sm">
          {label}
        </span>
        <span id={`${id}-about`} className="text-xs text-fg-2">
          {about}
        </span>
      </span>
    </label>
  )
}

const inBytes = (bytes: number): string => bytesInWords(bytes, languageLocale)

interface ProgressProps {
  readonly state: Extract<ExportState, { kind: 'running' }>
  readonly onCancel: () => void
  readonly onClose: () => void
}

function Progress({ state: { job }, onCancel, onClose }: ProgressProps) {
  const bytes = inBytes(job?.bytes ?? 0)
  const text =
    job === null || job.bytes === 0
      ? words.starting
      : job.rows === null
        ? say(words.written, { bytes })
        : say(words.writtenRows, { rows: say(words.rows, { count: job.rows }), bytes })
  return (
    <>
      <div className="flex flex-col gap-2">
        <progress aria-label={words.progress} className="h-1.5 w-full accent-accent" />
        <p className="tabular text-sm text-fg-2">{text}</p>
      </div>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{words.close}</Button>
        <Button onClick={onCancel}>{words.cancel}</Button>
      </div>
    </>
  )
}

interface FinishedProps {
  readonly job: ExportJob
  readonly onAgain: () => void
  readonly onRunAgain: () => void
  readonly onClose: () => void
}

function Finished({ job, onAgain, onRunAgain, onClose }: FinishedProps) {
  const moments = useMoments()
  const rows = say(words.rows, { count: job.rows ?? 0 })
  return (
    <>
      <div className="flex flex-col gap-2 text-sm break-words">
        <Done>{say(words.done, { rows, bytes: inBytes(job.bytes), name: job.fileName })}</Done>
        {job.isCut && <p className="text-warn">{job.mayRunAgain ? words.cutByTurn : words.cut}</p>}
        {job.keptAt !== null && <p>{say(words.fromKept, { when: moments.exact(job.keptAt) })}</p>}
        <p className="text-fg-2">{words.kept}</p>
      </div>
      <div className="flex flex-wrap justify-end gap-2">
        {job.mayRunAgain && <Button onClick={onRunAgain}>{words.runAgain}</Button>}
        <DownloadButton look="quiet" href={fileAddress(job)}>
          {words.saveAgain}
        </DownloadButton>
        <Button look="quiet" onClick={onAgain}>
          {words.again}
        </Button>
        <Button onClick={onClose}>{words.close}</Button>
      </div>
    </>
  )
}
