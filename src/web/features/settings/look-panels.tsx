import { ColorScheme, DateFormat, NumberFormat, PageLanguage } from '../../../contract/preferences.ts'
import { makeFormats } from '../../../contract/words/formats.ts'
import { useFormats } from '../../ui/formats.ts'
import { Panel } from '../../ui/panel.tsx'
import { say } from '../../words/language.ts'
import { lookWords, settingsWords } from '../../words/settings.ts'
import { Choice, Setting, type SettingsProps } from './setting.tsx'

export const LookPanel = (props: SettingsProps) => (
  <Panel title={lookWords.title}>
    <Setting {...props} name="language" label={lookWords.language} about={lookWords.languageAbout}>
      {(value, save, control) => (
        <Choice
          control={control}
          value={value ?? ''}
          options={[['', lookWords.asBrowser], ...Object.entries(languageNames)]}
          onChoose={(chosen) => save(chosen === '' ? null : PageLanguage.parse(chosen))}
        />
      )}
    </Setting>
    <Setting {...props} name="colorScheme" label={lookWords.colours} about={lookWords.coloursAbout}>
      {(value, save, control) => (
        <Choice
          control={control}
          value={value ?? 'system'}
          options={ColorScheme.options.map((each) => [each, lookWords.schemes[each]])}
          onChoose={(chosen) => save(ColorScheme.parse(chosen))}
        />
      )}
    </Setting>
  </Panel>
)

/** Each language by its own name, so that nobody has to read another to find theirs. */
const languageNames: Readonly<Record<PageLanguage, string>> = { en: 'English', de: 'Deutsch' }

const words = settingsWords.formats

const someNumber = '1234567.5'
const someDay = '2026-03-09'

export const FormatPanel = (props: SettingsProps) => (
  <Panel title={words.title} about={words.about}>
    <Setting {...props} name="numberFormat" label={words.numbers} about={words.numbersAbout}>
      {(value, save, control) => (
        <Choice
          control={control}
          value={value ?? ''}
          options={[
            ['', asBrowser(makeFormats(navigator.language).number(someNumber))],
            ...NumberFormat.options.map(
              (each) => [each, makeFormats('en-US', { ...none, numberFormat: each }).number(someNumber)] as const,
            ),
          ]}
          onChoose={(chosen) => save(chosen === '' ? null : NumberFormat.parse(chosen))}
        />
      )}
    </Setting>
    <Setting {...props} name="dateFormat" label={words.dates} about={words.datesAbout}>
      {(value, save, control) => (
        <Choice
          control={control}
          value={value ?? ''}
          options={[
            ['', asBrowser(makeFormats(navigator.language).moment(someDay))],
            ...DateFormat.options.map(
              (each) => [each, makeFormats('en-US', { ...none, dateFormat: each }).moment(someDay)] as const,
            ),
          ]}
          onChoose={(chosen) => save(chosen === '' ? null : DateFormat.parse(chosen))}
        />
      )}
    </Setting>
    <Setting {...props} name="timeZone" label={words.timeZone} about={words.timeZoneAbout}>
      {(value, save, control) => (
        <Choice
          control={control}
          value={value ?? ''}
          options={[
            ['', asBrowser(Intl.DateTimeFormat().resolvedOptions().timeZone)],
            ...zonesWith(value).map((zone) => [zone, zone.replaceAll('_', ' ')] as const),
          ]}
          onChoose={(chosen) => save(chosen === '' ? null : chosen)}
        />
      )}
    </Setting>
    <Example />
  </Panel>
)

const asBrowser = (example: string): string => say(words.asBrowser, { example })

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
      {say(words.example, { number: formats.number(someNumber), moment: formats.moment(someDay) })}
    </p>
  )
}
