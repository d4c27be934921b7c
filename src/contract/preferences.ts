import * as z from 'zod/mini'
import { maxRowsLimit } from './command.ts'
import { line } from './text-fields.ts'

/** What an answer shows first under its sentence; `text` folds everything else, `all` leaves the choice to the answer. */
export const OutputPreference = z.enum(['all', 'chart', 'table', 'text'])
export type OutputPreference = z.infer<typeof OutputPreference>

/** How numbers are written, named after the marks for thousands and decimals. */
export const NumberFormat = z.enum(['comma-point', 'point-comma', 'space-comma', 'apostrophe-point', 'indian'])
export type NumberFormat = z.infer<typeof NumberFormat>

/** How days are written. */
export const DateFormat = z.enum([
  'iso',
  'day-month-year',
  'month-day-year',
  'dotted',
  'day-first-slashes',
  'month-first-slashes',
])
export type DateFormat = z.infer<typeof DateFormat>

/** The colours of the page; `system` follows the browser's own scheme. */
export const ColorScheme = z.enum(['system', 'dark', 'light', 'high-contrast'])
export type ColorScheme = z.infer<typeof ColorScheme>

/** The languages of the page. */
export const PageLanguage = z.enum(['en', 'de'])
export type PageLanguage = z.infer<typeof PageLanguage>

const welcomeStep = z.optional(z.enum(['done', 'skipped']))

/** The first steps that a person has taken or does not want to take; those left out are still offered. */
export const WelcomeSteps = z.strictObject({ sample: welcomeStep, connection: welcomeStep, models: welcomeStep })
export type WelcomeSteps = z.infer<typeof WelcomeSteps>

/** Queries that may read at most so many bytes run without an approval. */
export const AutoRun = z.strictObject({ maxBytes: z.int().check(z.gte(1), z.lte(1_000_000_000_000_000)) })
export type AutoRun = z.infer<typeof AutoRun>

/** The limit of `autoRun` where a person turns it on without naming one. */
export const usualAutoRun: AutoRun = { maxBytes: 10_000_000_000 }

/** For how long a query may go on without a page; 0 stops it as soon as none has come back for half a minute. */
export const keepRunningChoices = [0, 1, 5, 15, 60] as const
const KeepRunningMinutes = z.literal(keepRunningChoices)
export const usualKeepRunningMinutes = 5

/** A page that is loaded again is away for a moment: no query is stopped before this time, whatever is set. */
export const shortestUnreadMs = 30_000

/** How long a running query goes on while no page of its owner is open. */
export const keepRunningMsOf = ({ keepRunningMinutes }: Pick<Preferences, 'keepRunningMinutes'>): number =>
  Math.max(shortestUnreadMs, (keepRunningMinutes ?? usualKeepRunningMinutes) * 60_000)

const zoneName = /^[A-Za-z][\w+-]*(?:\/[\w+-]+){0,2}$/

/** A time zone by its IANA name that this program knows. */
const TimeZone = z
  .string()
  .check(z.maxLength(64), z.refine(isTimeZone, 'must be the name of a time zone, such as Europe/Berlin'))

function isTimeZone(name: string): boolean {
  if (!zoneName.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** What a person has set; null in each field stands for the default. */
export const Preferences = z.object({
  output: z.nullable(OutputPreference),
  /** Null: every query waits for an approval. */
  autoRun: z.nullable(AutoRun),
  /** Rows of a result when an ask does not say how many. */
  rowLimit: z.nullable(z.int().check(z.gte(1), z.lte(maxRowsLimit))),
  /** Null: the time zone of the browser; in results, the one that a value brings. */
  timeZone: z.nullable(TimeZone),
  /** Null: as the language of the browser has it. */
  numberFormat: z.nullable(NumberFormat),
  dateFormat: z.nullable(DateFormat),
  /** The connection of asks that name none; null: the sample. */
  connection: z.nullable(line(300)),
  /** The writer of asks that name none; null: the server's default. */
  writer: z.nullable(line(200)),
  /** Null: as the system of the browser has it. */
  colorScheme: z.nullable(ColorScheme),
  /** Null: as the browser has it, where the page speaks it. */
  language: z.nullable(PageLanguage),
  welcome: z.nullable(WelcomeSteps),
  /** How many minutes a running query goes on while no page of the person is open; null: `usualKeepRunningMinutes`. */
  keepRunningMinutes: z.nullable(KeepRunningMinutes),
  /** True: browsers that allow it tell of questions that are done while their page is not seen. */
  notifications: z.nullable(z.boolean()),
})
export type Preferences = z.infer<typeof Preferences>
export type PreferenceName = keyof Preferences

export const preferenceNames = Object.keys(Preferences.shape) as readonly PreferenceName[]

/** Nothing set. */
export const noPreferences: Preferences = {
  output: null,
  autoRun: null,
  rowLimit: null,
  timeZone: null,
  numberFormat: null,
  dateFormat: null,
  connection: null,
  writer: null,
  colorScheme: null,
  language: null,
  welcome: null,
  keepRunningMinutes: null,
  notifications: null,
}

/** The fields to set; null sets one back to its default. */
export const PreferencesChange = z.partial(z.strictObject(Preferences.shape))
export type PreferencesChange = z.infer<typeof PreferencesChange>

/** The version of the stored form. */
export const preferencesVersion = 1

/** The whole of what a person has set, and when each field was last changed: of two answers the later one of a field holds. */
export const PreferencesState = z.extend(Preferences, {
  version: z.int(),
  /** By the name of the field; fields that were never changed are left out. */
  changedAt: z.partialRecord(z.keyof(Preferences), z.iso.datetime()),
})
export type PreferencesState = z.infer<typeof PreferencesState>

/** As the state, but a value that this program does not know counts as not set: a page may be older or newer than what it reads. */
const LenientState = z.object({
  output: z.catch(z.nullable(OutputPreference), null),
  autoRun: z.catch(z.nullable(AutoRun), null),
  rowLimit: z.catch(Preferences.shape.rowLimit, null),
  timeZone: z.catch(z.nullable(TimeZone), null),
  numberFormat: z.catch(z.nullable(NumberFormat), null),
  dateFormat: z.catch(z.nullable(DateFormat), null),
  connection: z.catch(Preferences.shape.connection, null),
  writer: z.catch(Preferences.shape.writer, null),
  colorScheme: z.catch(z.nullable(ColorScheme), null),
  language: z.catch(z.nullable(PageLanguage), null),
  welcome: z.catch(z.nullable(WelcomeSteps), null),
  keepRunningMinutes: z.catch(z.nullable(KeepRunningMinutes), null),
  notifications: z.catch(Preferences.shape.notifications, null),
  version: z.catch(z.int(), preferencesVersion),
  changedAt: z.catch(PreferencesState.shape.changedAt, {}),
})

/** Reads a state that another program wrote; what is not valid counts as not set. Never throws. */
export const readPreferences = (state: unknown): PreferencesState =>
  z.catch(LenientState, LenientState.parse({})).parse(state)

/** A field as it is stored. */
export interface StoredPreference {
  readonly value: unknown
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Preferences as they are stored, by the name of the field. */
export interface StoredPreferences {
  readonly version: number
  readonly fields: Readonly<Record<string, StoredPreference>>
}

const Stored = z.object({
  version: z.catch(z.int().check(z.nonnegative()), 0),
  fields: z.catch(z.record(z.string(), z.unknown()), {}),
})
const StoredField = z.object({ value: z.unknown(), at: z.catch(z.int().check(z.nonnegative()), 0) })

type Fields = StoredPreferences['fields']

/** Migrations by the version they start from. */
const migrations: Readonly<Record<number, (fields: Fields) => Fields>> = {
  // Pages kept a switch without a limit before preferences were stored on the server.
  0: ({ autoRun, ...rest }) => {
    if (typeof autoRun?.value !== 'boolean') return autoRun === undefined ? rest : { ...rest, autoRun }
    return { ...rest, autoRun: { ...autoRun, value: autoRun.value ? usualAutoRun : null } }
  },
}

/**
 * Reads stored preferences of any version, nonsense included: older ones are migrated step by step. Fields of a newer version are kept as they
 * are, so that an older copy of the server loses none of them.
 */
export function migratePreferences(stored: unknown): StoredPreferences {
  const { version, fields } = z.catch(Stored, { version: 0, fields: {} }).parse(stored)
  let migrated: Fields = Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => {
      const parsed = StoredField.safeParse(field)
      return parsed.success ? [[name, { value: parsed.data.value, at: parsed.data.at }]] : []
    }),
  )
  for (let from = version; from < preferencesVersion; from += 1) migrated = migrations[from]?.(migrated) ?? migrated
  return { version: Math.max(version, preferencesVersion), fields: migrated }
}

/** The preferences that stored ones stand for. A value that is not valid any more counts as not set. */
export function presentPreferences({ version, fields }: StoredPreferences): PreferencesState {
  const known = preferenceNames.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]] as const]))
  const values = Object.fromEntries(known.map(([name, { value }]) => [name, value]))
  const changedAt = Object.fromEntries(known.map(([name, { at }]) => [name, new Date(at).toISOString()]))
  return readPreferences({ ...values, version, changedAt })
}

/** Of two states of one person's preferences, the later value of each field. */
export function mergePreferences(known: PreferencesState, heard: PreferencesState): PreferencesState {
  const merged = { ...heard, changedAt: { ...heard.changedAt } }
  for (const name of preferenceNames) {
    const at = known.changedAt[name]
    if (at === undefined || at <= (heard.changedAt[name] ?? '')) continue
    Object.assign(merged, { [name]: known[name] })
    merged.changedAt[name] = at
  }
  return merged
}
