import { useCallback } from 'react'
import type { AppInfo } from '../../../contract/api.ts'
import { defaultMaxRows, maxRowsLimit } from '../../../contract/command.ts'
import {
  keepRunningChoices,
  OutputPreference,
  usualAutoRun,
  usualKeepRunningMinutes,
  type PreferencesChange,
  type PreferencesState,
} from '../../../contract/preferences.ts'
import { Panel } from '../../ui/panel.tsx'
import { useToast } from '../../ui/toasts.tsx'
import { say } from '../../words/language.ts'
import { settingsWords } from '../../words/settings.ts'
import { FormatPanel, LookPanel } from './look-panels.tsx'
import { NotificationsPanel } from './notifications-panel.tsx'
import { Amount, Choice, Setting, type SettingsProps } from './setting.tsx'

export interface SettingsPageProps {
  readonly state: PreferencesState
  readonly onChange: (change: PreferencesChange) => Promise<void>
  /** What there is to choose from. */
  readonly info: AppInfo
}

/** What a person sets for themselves. Each change is saved as it is made, and shows on their other pages at once. */
export function SettingsPage({ state, onChange, info }: SettingsPageProps) {
  const toast = useToast()
  const onSaved = useCallback(
    (label: string, undo: () => Promise<void>) => toast({ text: say(settingsWords.saved, { label }), undo }),
    [toast],
  )
  const shared = { state, onChange, onSaved }
  return (
    <>
      <p className="text-base text-fg-2">{settingsWords.about}</p>
      <AnswerPanel {...shared} />
      <RunningPanel {...shared} />
      <FormatPanel {...shared} />
      <QuestionPanel {...shared} info={info} />
      <NotificationsPanel {...shared} />
      <LookPanel {...shared} />
    </>
  )
}

const { answers, running, questions } = settingsWords

const AnswerPanel = (props: SettingsProps) => (
  <Panel title={answers.title}>
    <Setting {...props} name="output" label={answers.output} about={answers.outputAbout}>
      {(value, save, control) => (
        <Choice
          control={control}
          value={value ?? 'all'}
          options={OutputPreference.options.map((each) => [each, answers.outputs[each]])}
          onChoose={(chosen) => save(OutputPreference.parse(chosen))}
        />
      )}
    </Setting>
    <Setting
      {...props}
      name="rowLimit"
      label={answers.rowLimit}
      about={say(answers.rowLimitAbout, { usual: defaultMaxRows })}
    >
      {(value, save, control, complain) => (
        <Amount
          control={control}
          value={value}
          placeholder={String(defaultMaxRows)}
          complain={complain}
          onEnter={(rows) => {
            if (rows !== null && !(Number.isInteger(rows) && rows >= 1 && rows <= maxRowsLimit))
              return say(answers.rowLimitFault, { most: maxRowsLimit })
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
  <Panel title={running.title}>
    <Setting {...props} name="autoRun" label={running.autoRun} about={running.autoRunAbout}>
      {(value, save, control, complain) => (
        <div className="flex flex-wrap items-center gap-3">
          <Choice
            control={control}
            value={value === null ? 'off' : 'on'}
            options={[
              ['off', running.ask],
              ['on', running.runByItself],
            ]}
            onChoose={(chosen) => save(chosen === 'on' ? usualAutoRun : null)}
          />
          {value !== null && (
            <div className="flex items-center gap-2 text-sm">
              <Amount
                control={{ ...control, id: `${control.id}-limit` }}
                label={running.limit}
                value={value.maxBytes / bytesPerGigabyte}
                placeholder={String(usualAutoRun.maxBytes / bytesPerGigabyte)}
                complain={complain}
                onEnter={(gigabytes) => {
                  const maxBytes = Math.round((gigabytes ?? 0) * bytesPerGigabyte)
                  if (!(maxBytes >= 1 && maxBytes <= mostGigabytes * bytesPerGigabyte)) return running.limitFault
                  save({ maxBytes })
                  return null
                }}
              />
              {running.unit}
            </div>
          )}
        </div>
      )}
    </Setting>
    <Setting {...props} name="keepRunningMinutes" label={running.keepRunning} about={running.keepRunningAbout}>
      {(value, save, control) => (
        <Choice
          control={control}
          value={String(value ?? usualKeepRunningMinutes)}
          options={keepRunningChoices.map((minutes) => [String(minutes), running.keepRunningFor[minutes]])}
          onChoose={(chosen) => save(keepRunningChoices.find((minutes) => String(minutes) === chosen) ?? null)}
        />
      )}
    </Setting>
  </Panel>
)

const QuestionPanel = ({ info, ...props }: SettingsProps & { readonly info: AppInfo }) => (
  <Panel title={questions.title}>
    <Setting {...props} name="connection" label={questions.connection} about={questions.connectionAbout}>
      {(value, save, control) => (
        <Choice
          control={control}
          value={value ?? ''}
          options={[
            ['', questions.usedLast],
            ...withSet(
              info.connections.map(({ ref, label, engine }) => [ref, `${label} · ${engine}`]),
              value,
            ),
          ]}
          onChoose={(chosen) => save(chosen === '' ? null : chosen)}
        />
      )}
    </Setting>
    <Setting {...props} name="writer" label={questions.writer} about={questions.writerAbout}>
      {(value, save, control) => (
        <Choice
          control={control}
          value={value ?? ''}
          options={[
            ['', questions.usedLast],
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
  set === null || options.some(([value]) => value === set)
    ? options
    : [...options, [set, say(questions.notAvailable, { name: set })]]
