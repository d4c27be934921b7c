import { useCallback, useEffect, useState } from 'react'
import type { AppInfo } from '../../../contract/api.ts'
import { defaultMaxRows, maxRowsLimit } from '../../../contract/command.ts'
import {
  DateFormat,
  NumberFormat,
  OutputPreference,
  usualAutoRun,
  type PreferencesChange,
  type PreferencesState,
} from '../../../contract/preferences.ts'
import { makeFormats } from '../../../contract/words/formats.ts'
import { useFormats } from '../../ui/formats.ts'
import { Panel } from '../../ui/panel.tsx'
import { Amount, Choice, Setting, type SettingsProps } from './setting.tsx'

export interface SettingsPageProps {
  readonly state: PreferencesState
  readonly onChange: (change: PreferencesChange) => Promise<void>
  /** What there is to choose from. */
  readonly info: AppInfo
}

/** What a person sets for themselves. Each change is saved as it is made, and shows on their other pages at once. */
export function SettingsPage({ state, onChange, info }: SettingsPageProps) {
  const [saved, setSaved] = useState<{ readonly label: string } | null>(null)
  useEffect(() => {
    if (saved === null) return undefined
    const timer = setTimeout(() => setSaved(null), 3_000)
    return () => clearTimeout(timer)
  }, [saved])
  const onSaved = useCallback((label: string) => setSaved({ label }), [])
  const shared = { state, onChange, onSaved }
  return (
    <>
      <p className="text-base text-fg-2">Changes are saved at once, for all your browsers.</p>
      <AnswerPanel {...shared} />
      <RunningPanel {...shared} />
      <FormatPanel {...shared} />
      <QuestionPanel {...shared} info={info} />
      <output className="pointer-events-none fixed inset-x-0 bottom-6 z-10 flex justify-center">
        {saved !== null && (
          <span className="rounded-lg border border-line-strong bg-raised px-4 py-2 text-sm text-ok shadow-[0_8px_24px_#00000066]">
            Saved: {saved.label}
          </span>
        )}
      </output>
    </>
  )
}

const outputs: Readonly<Record<OutputPreference, string>> = {
  all: 'Whatever suits the answer',
  chart: 'The chart, where there is one',
  table: 'The table',
  text: 'Only the sentence, with the rows folded away',
}

const AnswerPanel = (props: SettingsProps) => (
  <Panel title="Answers">
    <Setting
      {...props}
      name="output"
      label="What to show first"
      about="The part of an answer that is open when it arrives. The others stay one press away."
    >
      {(value, save, control) => (
        <Choice
          control={control}
          value={value ?? 'all'}
          options={OutputPreference.options.map((each) => [each, outputs[each]])}
          onChoose={(chosen) => save(OutputPreference.parse(chosen))}
        />
      )}
    </Setting>
    <Setting
      {...props}
      name="rowLimit"
      label="Most rows in an answer"
      about={`How many rows an answer fetches at most. A connection may allow fewer. Without a number of your own it is ${defaultMaxRows.toLocaleString('en-US')}.`}
    >
      {(value, save, control, complain) => (
        <Amount
          control={control}
          value={value}
          placeholder={String(defaultMaxRows)}
          complain={complain}
          onEnter={(rows) => {
            if (rows !== null && !(Number.isInteger(rows) && rows >= 1 && rows <= maxRowsLimit))
              return `Write a whole number from 1 to ${maxRowsLimit.toLocaleString('en-US')}.`
            save(rows)
            return null
          }}
        />
      )}
    </Setting>
  </Panel>
)

const bytesPerGigabyte = 1_000_000_000
const mostGigabytes = 1_000_000

const RunningPanel = (props: SettingsProps) => (
  <Panel title="Running queries">
    <Setting
      {...props}
      name="autoRun"
      label="Run without asking"
      about="A query is shown to you before it runs. With a limit, a query that was checked to only read and that reads no more than this runs by itself. Others still wait for you, and a connection may be stricter."
    >
      {(value, save, control, complain) => (
        <div className="flex flex-wrap items-center gap-3">
          <Choice
            control={control}
            value={value === null ? 'off' : 'on'}
            options={[
              ['off', 'Ask me every time'],
              ['on', 'Run by itself up to a limit'],
            ]}
            onChoose={(chosen) => save(chosen === 'on' ? usualAutoRun : null)}
          />
          {value !== null && (
            <div className="flex items-center gap-2 text-sm">
              <Amount
                control={{ ...control, id: `${control.id}-limit` }}
                label="Gigabytes that a query may read"
                value={value.maxBytes / bytesPerGigabyte}
                placeholder={String(usualAutoRun.maxBytes / bytesPerGigabyte)}
                complain={complain}
                onEnter={(gigabytes) => {
                  const maxBytes = Math.round((gigabytes ?? 0) * bytesPerGigabyte)
                  if (!(maxBytes >= 1 && maxBytes <= mostGigabytes * bytesPerGigabyte))
                    return 'Write how many gigabytes, more than 0 and at most a million.'
                  save({ maxBytes })
                  return null
                }}
              />
              gigabytes
            </div>
          )}
        </div>
      )}
    </Setting>
  </Panel>
)

const someNumber = '1234567.5'
const someDay = '2026-03-09'

const FormatPanel = (props: SettingsProps) => (
  <Panel
    title="Numbers and dates"
    about="How answers, tables, charts and lists write them. Nothing of the data changes."
  >
    <Setting {...props} name="numberFormat" label="Numbers" about="The marks between thousands and before decimals.">
      {(value, save, control) => (
        <Choice
          control={control}
          value={value ?? ''}
          options={[
            ['', `As your browser has it: ${makeFormats(navigator.language).number(someNumber)}`],
            ...NumberFormat.options.map(
              (each) => [each, makeFormats('en-US', { ...none, numberFormat: each }).number(someNumber)] as const,
            ),
          ]}
          onChoose={(chosen) => save(chosen === '' ? null : NumberFormat.parse(chosen))}
        />
      )}
    </Setting>
    <Setting {...props} name="dateFormat" label="Dates" about="The order and the form of day, month and year.">
      {(value, save, control) => (
        <Choice
          control={control}
          value={value ?? ''}
          options={[
            ['', `As your browser has it: ${makeFormats(navigator.language).moment(someDay)}`],
            ...DateFormat.options.map(
              (each) => [each, makeFormats('en-US', { ...none, dateFormat: each }).moment(someDay)] as const,
            ),
          ]}
          onChoose={(chosen) => save(chosen === '' ? null : DateFormat.parse(chosen))}
        />
      )}
    </Setting>
    <Setting
      {...props}
      name="timeZone"
      label="Time zone"
      about="Moments with an offset, and when you did something, are written as the clocks there show them. Moments without an offset stay as they are stored."
    >
      {(value, save, control) => (
        <Choice
          control={control}
          value={value ?? ''}
          options={[
            ['', `As your browser has it: ${Intl.DateTimeFormat().resolvedOptions().timeZone}`],
            ...zonesWith(value).map((zone) => [zone, zone.replaceAll('_', ' ')] as const),
          ]}
          onChoose={(chosen) => save(chosen === '' ? null : chosen)}
        />
      )}
    </Setting>
    <Example />
  </Panel>
)

const none = { numberFormat: null, dateFormat: null, timeZone: null }

/** The time zones that this browser knows, with the one that is set. */
function zonesWith(set: string | null): readonly string[] {
  const known = Intl.supportedValuesOf('timeZone')
  return [...new Set(['UTC', ...known, ...(set === null ? [] : [set])])].toSorted()
}

/** How things are written as it is set now. */
function Example() {
  const formats = useFormats()
  return (
    <p className="text-sm text-fg-2">
      For example: {formats.number(someNumber)} on {formats.moment(someDay)}
    </p>
  )
}

const QuestionPanel = ({ info, ...props }: SettingsProps & { readonly info: AppInfo }) => (
  <Panel title="New questions">
    <Setting
      {...props}
      name="connection"
      label="Default connection"
      about="Where a new conversation asks. You can choose another one above each conversation."
    >
      {(value, save, control) => (
        <Choice
          control={control}
          value={value ?? ''}
          options={[
            ['', 'The one I used last'],
            ...withSet(
              info.connections.map(({ ref, label, engine }) => [ref, `${label} · ${engine}`]),
              value,
            ),
          ]}
          onChoose={(chosen) => save(chosen === '' ? null : chosen)}
        />
      )}
    </Setting>
    <Setting {...props} name="writer" label="Default writer" about="Who turns your questions into queries.">
      {(value, save, control) => (
        <Choice
          control={control}
          value={value ?? ''}
          options={[
            ['', 'The one I used last'],
            ...withSet(
              info.writers.map(({ id, label }) => [id, label]),
              value,
            ),
          ]}
          onChoose={(chosen) => save(chosen === '' ? null : chosen)}
        />
      )}
    </Setting>
  </Panel>
)

type Option = readonly [value: string, words: string]

/** The options, and what is set even where it is not offered any more. */
const withSet = (options: readonly Option[], set: string | null): readonly Option[] =>
  set === null || options.some(([value]) => value === set) ? options : [...options, [set, `${set} · not available`]]
