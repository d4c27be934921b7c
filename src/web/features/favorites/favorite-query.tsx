import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import type { Favorite, FavoriteParameter, ParameterValues } from '../../../contract/favorites.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { Button } from '../../ui/button.tsx'
import { Fault, SelectField, TextField } from '../../ui/form.tsx'
import { favoritePageWords } from '../../words/favorite-page.ts'
import { favoritesKey } from './favorites-data.ts'

const texts = favoritePageWords.values
const kindWords: readonly (readonly [FavoriteParameter['kind'], string])[] = [
  ['text', texts.kinds.text],
  ['number', texts.kinds.number],
  ['date', texts.kinds.date],
  ['boolean', texts.kinds.boolean],
  ['choice', texts.kinds.choice],
]
const inputTypes = { text: 'text', number: 'text', date: 'date' } as const

export interface ParameterControlsProps {
  readonly parameters: readonly FavoriteParameter[]
  readonly values: ParameterValues
  readonly onChange: (values: ParameterValues) => void
}

/** A control for each value that the query takes. */
export function ParameterControls({ parameters, values, onChange }: ParameterControlsProps) {
  if (parameters.length === 0) return null
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      {parameters.map((parameter) => {
        const { name, kind, label, options, default: usual } = parameter
        const value = String(values[name] ?? usual ?? '')
        const set = (text: string): void => {
          const { [name]: _before, ...others } = values
          onChange(text === '' && kind !== 'text' ? others : { ...others, [name]: text })
        }
        if (kind === 'boolean' || kind === 'choice') {
          const offered = kind === 'choice' ? options.map((one) => [one, one] as const) : yesAndNo
          return (
            <SelectField
              key={name}
              label={label ?? name}
              value={value}
              options={offered.some(([one]) => one === value) ? offered : [['', texts.choose], ...offered]}
              onChange={(event) => set(event.target.value)}
            />
          )
        }
        return (
          <TextField
            key={name}
            label={label ?? name}
            type={inputTypes[kind]}
            inputMode={kind === 'number' ? 'decimal' : undefined}
            value={value}
            onChange={(event) => set(event.target.value)}
          />
        )
      })}
    </div>
  )
}

const yesAndNo = [
  ['true', texts.yes],
  ['false', texts.no],
] as const

export interface QueryEditorProps {
  readonly api: ApiClient
  readonly favorite: Favorite
}

/** Changes the query and the values it takes. What it names as `:name` is asked for before each run. */
export function QueryEditor({ api, favorite }: QueryEditorProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button size="sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? texts.close : texts.edit}
      </Button>
      {isOpen && <EditForm key={favorite.revision} api={api} favorite={favorite} onSaved={() => setOpen(false)} />}
    </>
  )
}

function EditForm({ api, favorite, onSaved }: QueryEditorProps & { readonly onSaved: () => void }) {
  const queries = useQueryClient()
  const id = useId()
  const [sql, setSql] = useState(favorite.sql)
  const [parameters, setParameters] = useState(favorite.parameters)
  const save = useMutation({
    mutationFn: () => api.favorites.change({ favoriteId: favorite.id, sql, parameters: [...parameters] }),
    onSuccess: async (saved) => {
      await queries.invalidateQueries({ queryKey: favoritesKey })
      // Where the query names something new, its control can be chosen next.
      if (saved.parameters.length <= parameters.length) onSaved()
    },
  })
  const set = (name: string, change: Partial<FavoriteParameter>): void =>
    setParameters((before) => before.map((one) => (one.name === name ? { ...one, ...change } : one)))
  return (
    <form
      aria-label={texts.form}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
      className="flex w-full flex-col gap-3"
    >
      <div className="flex flex-col gap-1.5">
        <label htmlFor={id} className="text-sm font-medium">
          {texts.sql}
        </label>
        <textarea
          id={id}
          rows={6}
          spellCheck={false}
          value={sql}
          aria-describedby={`${id}-about`}
          onChange={(event) => setSql(event.target.value)}
          className="sql-text field-sizing-content min-h-32 w-full rounded-lg border border-line-strong bg-code px-3 py-2 text-fg"
        />
        <p id={`${id}-about`} className="text-xs text-fg-2">
          {texts.sqlHint}
        </p>
      </div>
      {parameters.map((parameter) => (
        <ParameterFields
          key={parameter.name}
          parameter={parameter}
          onChange={(change) => set(parameter.name, change)}
        />
      ))}
      <Fault error={save.error} />
      <div>
        <Button type="submit" disabled={save.isPending || sql.trim() === ''}>
          {texts.save}
        </Button>
      </div>
    </form>
  )
}

function ParameterFields({
  parameter,
  onChange,
}: {
  readonly parameter: FavoriteParameter
  readonly onChange: (change: Partial<FavoriteParameter>) => void
}) {
  const { name, kind, label, options, default: usual } = parameter
  return (
    <fieldset className="grid gap-3 rounded-lg border border-line p-3 sm:grid-cols-3">
      <legend className="px-1 text-sm">
        <code>:{name}</code>
      </legend>
      <SelectField
        label={texts.kind}
        value={kind}
        options={kindWords}
        onChange={(event) => {
          const chosen = kindWords.find(([one]) => one === event.target.value)?.[0] ?? 'text'
          onChange({ kind: chosen, default: null, options: chosen === 'choice' ? options : [] })
        }}
      />
      <TextField
        label={texts.label}
        value={label ?? ''}
        placeholder={name}
        maxLength={100}
        onChange={(event) => onChange({ label: event.target.value.trim() === '' ? null : event.target.value })}
      />
      <TextField
        label={texts.usual}
        type={kind === 'date' ? 'date' : 'text'}
        value={usual === null ? '' : String(usual)}
        placeholder={kind === 'boolean' ? texts.trueOrFalse : undefined}
        onChange={(event) => onChange({ default: event.target.value === '' ? null : event.target.value })}
      />
      {kind === 'choice' && (
        <TextField
          className="sm:col-span-3"
          label={texts.options}
          hint={texts.optionsHint}
          defaultValue={options.join(', ')}
          onBlur={(event) => {
            const offered = event.target.value.split(',').map((one) => one.trim())
            onChange({ options: offered.filter((one) => one !== '') })
          }}
        />
      )}
    </fieldset>
  )
}
