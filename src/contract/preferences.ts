import { z } from 'zod'
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

/** Queries that may read at most so many bytes run without an approval. */
export const AutoRun = z.strictObject({ maxBytes: z.int().min(1).max(1_000_000_000_000_000) })
export type AutoRun = z.infer<typeof AutoRun>

/** The limit of `autoRun` where a person turns it on without naming one. */
export const usualAutoRun: AutoRun = { maxBytes: 10_000_000_000 }

const zoneName = /^[A-Za-z][\w+-]*(?:\/[\w+-]+){0,2}$/

/** A time zone by its IANA name that this program knows. */
const TimeZone = z.string().max(64).refine(isTimeZone, 'must be the name of a time zone, such as Europe/Berlin')

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
  output: OutputPreference.nullable(),
  /** Null: every query waits for an approval. */
  autoRun: AutoRun.nullable(),
  /** Rows of a result when an ask does not say how many. */
  rowLimit: z.int().min(1).max(maxRowsLimit).nullable(),
  /** Null: the time zone of the browser; in results, the one that a value brings. */
  timeZone: TimeZone.nullable(),
  /** Null: as the language of the browser has it. */
  numberFormat: NumberFormat.nullable(),
  dateFormat: DateFormat.nullable(),
  /** The connection of asks that name none; null: the sample. */
  connection: line(300).nullable(),
  /** The writer of asks that name none; null: the server's default. */
  writer: line(200).nullable(),
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
}

/** The fields to set; null sets one back to its default. */
export const PreferencesChange = z.strictObject(Preferences.shape).partial()
export type PreferencesChange = z.infer<typeof PreferencesChange>

/** The version of the stored form. */
export const preferencesVersion = 1

/** The whole of what a person has set, and when each field was last changed: of two answers the later one of a field holds. */
export const PreferencesState = Preferences.extend({
  version: z.int(),
  /** By the name of the field; fields that were never changed are left out. */
  changedAt: z.partialRecord(Preferences.keyof(), z.iso.datetime()),
})
export type PreferencesState = z.infer<typeof PreferencesState>

/** As the state, but a value that this program does not know counts as not set: a page may be older or newer than what it reads. */
const LenientState = z.object({
  output: OutputPreference.nullable().catch(null),
  autoRun: AutoRun.nullable().catch(null),
  rowLimit: Preferences.shape.rowLimit.catch(null),
  timeZone: TimeZone.nullable().catch(null),
  numberFormat: NumberFormat.nullable().catch(null),
  dateFormat: DateFormat.nullable().catch(null),
  connection: Preferences.shape.connection.catch(null),
  writer: Preferences.shape.writer.catch(null),
  version: z.int().catch(preferencesVersion),
  changedAt: PreferencesState.shape.changedAt.catch({}),
})

/** Reads a state that another program wrote; what is not valid counts as not set. Never throws. */
export const readPreferences = (state: unknown): PreferencesState =>
  LenientState.catch(LenientState.parse({})).parse(state)

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
  version: z.int().nonnegative().catch(0),
  fields: z.record(z.string(), z.unknown()).catch({}),
})
const StoredField = z.object({ value: z.unknown(), at: z.int().nonnegative().catch(0) })

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
  const { version, fields } = Stored.catch({ version: 0, fields: {} }).parse(stored)
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
