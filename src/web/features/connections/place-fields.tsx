import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useId } from 'react'
import type { ConnectionPlaces } from '../../../contract/connection-setup.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { TextField } from '../../ui/form.tsx'
import { snowflakeWords } from '../../words/connections.ts'
import { say, sayPieces } from '../../words/language.ts'
import type { Draft, SnowflakeConnection } from './connection-draft.ts'

const words = snowflakeWords.places

const lists = {
  role: (known) => known.roles,
  warehouse: (known) => known.warehouses.map(({ name }) => name),
  database: (known) => known.databases,
  schema: () => [],
} as const satisfies Readonly<Record<string, (known: ConnectionPlaces) => readonly string[]>>

type Place = keyof typeof lists
const placeNames = Object.keys(lists) as readonly Place[]

export interface PlaceFieldsProps {
  readonly api: ApiClient
  readonly saved: SnowflakeConnection | null
  readonly draft: Draft
  readonly onDraft: (change: Partial<Draft>) => void
}

/** Role, warehouse and place of names, chosen from what the saved sign-in has. */
export function PlaceFields({ api, saved, draft, onDraft }: PlaceFieldsProps) {
  const isReady = saved !== null && !saved.needsSignIn && saved.checkedAt !== null
  const known = useQuery({
    queryKey: ['connection-places', saved?.id, saved?.updatedAt],
    queryFn: ({ signal }) => api.connections.places({ connectionId: saved?.id ?? '' }, { signal }),
    enabled: isReady,
    retry: false,
    staleTime: 60_000,
  })
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="pb-2 text-sm font-medium">{words.title}</legend>
      <div className="grid gap-3 sm:grid-cols-2">
        {placeNames.map((name) => (
          <PlaceField
            key={name}
            name={name}
            value={draft[name]}
            known={known.data === undefined ? [] : lists[name](known.data)}
            onChoose={(chosen) => onDraft({ [name]: chosen })}
          />
        ))}
      </div>
      <output className="text-xs text-fg-2">{isReady ? <PlacesFound known={known} /> : words.later}</output>
    </fieldset>
  )
}

interface PlaceFieldProps {
  readonly name: Place
  readonly value: string
  /** What the account has to choose from. */
  readonly known: readonly string[]
  readonly onChoose: (chosen: string) => void
}

function PlaceField({ name, value, known, onChoose }: PlaceFieldProps) {
  const id = useId()
  return (
    <div>
      <TextField
        label={words[name]}
        hint={name === 'schema' ? words.schemaHint : words.hint}
        value={value}
        maxLength={255}
        list={id}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChoose(event.target.value)}
      />
      <datalist id={id}>
        {known.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </datalist>
    </div>
  )
}

interface PlacesFoundProps {
  readonly known: UseQueryResult<ConnectionPlaces>
}

/** What the account has to choose from, in words. */
function PlacesFound({ known: { isFetching, error, data } }: PlacesFoundProps) {
  if (isFetching) return words.reading
  if (error !== null) {
    const { message } = problemOf(error)
    const problem = (
      <span key="problem" lang="en">
        {message}
      </span>
    )
    return <>{sayPieces(words.failed, { problem })}</>
  }
  const counts = say(words.counts, {
    roles: say(words.roles, { count: data?.roles.length ?? 0 }),
    warehouses: say(words.warehouses, { count: data?.warehouses.length ?? 0 }),
  })
  return (
    <>
      {counts} <span lang="en">{data?.notices.join(' ')}</span>
    </>
  )
}

/** Whether Floe may ask the account for values that a question names. */
export function ProbingChoice({ draft, onDraft }: Pick<PlaceFieldsProps, 'draft' | 'onDraft'>) {
  const id = useId()
  return (
    <div className="flex items-start gap-2.5 text-sm">
      <input
        id={id}
        type="checkbox"
        aria-describedby={`${id}-about`}
        checked={draft.probing === 'on'}
        onChange={({ target: { checked } }) => onDraft({ probing: checked ? 'on' : 'off' })}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <div>
        <label htmlFor={id} className="font-medium">
          {snowflakeWords.probing}
        </label>
        <p id={`${id}-about`} className="text-xs text-fg-2">
          {snowflakeWords.probingAbout}
        </p>
      </div>
    </div>
  )
}
