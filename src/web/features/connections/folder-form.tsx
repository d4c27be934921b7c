import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import type { SavedConnection } from '../../../contract/connection.ts'
import type { ConnectionPreview } from '../../../contract/connection-setup.ts'
import { bytesInWords } from '../../../contract/words/amounts.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Fault, TextField } from '../../ui/form.tsx'
import { connectionsWords } from '../../words/connections.ts'
import { languageLocale, say, sayPieces } from '../../words/language.ts'
import { nameFault } from './connection-draft.ts'
import { NameField, SaveButtons, useRefresh } from './form-parts.tsx'

const { folder: words, form } = connectionsWords

export interface FolderFormProps {
  readonly api: ApiClient
  /** Null for a new one. */
  readonly saved: Extract<SavedConnection, { readonly kind: 'folder' }> | null
  readonly onSaved: (saved: SavedConnection) => void
  readonly onClose: () => void
}

/** A name for a folder of files, with what Floe finds in it. */
export function FolderForm({ api, saved, onSaved, onClose }: FolderFormProps) {
  const refresh = useRefresh()
  const [name, setName] = useState(saved?.name ?? '')
  const [path, setPath] = useState(saved?.path ?? '')
  const [hasLeftName, setLeftName] = useState(false)
  const looked = useFolder(api, path)
  const first = useRef<HTMLInputElement>(null)
  const isNew = saved === null
  // The button that opened a new form is gone, and the focus with it.
  useEffect(() => {
    if (isNew) first.current?.focus()
  }, [isNew])
  const wrongName = nameFault(name)
  const save = useMutation({
    mutationFn: () =>
      saved === null
        ? api.connections.add({ kind: 'folder', name: name.trim(), path: path.trim() })
        : api.connections.update({ connectionId: saved.id, name: name.trim(), path: path.trim() }),
    onSuccess: async (stored: SavedConnection) => {
      await refresh()
      onSaved(stored)
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setLeftName(true)
    if (wrongName === null && path.trim() !== '' && !save.isPending) save.mutate()
  }
  return (
    <form
      aria-label={saved === null ? words.isNew : say(form.settingsOf, { name: saved.name })}
      noValidate
      onSubmit={submit}
      className="flex flex-col gap-4"
    >
      {saved === null && <h3 className="text-base font-semibold">{words.isNew}</h3>}
      <TextField
        ref={first}
        label={words.path}
        hint={words.pathHint}
        fault={
          path.trim() === '' || looked.fault === null ? null : (
            <span lang="en">
              {looked.fault.message} {looked.fault.action}
            </span>
          )
        }
        value={path}
        autoComplete="off"
        spellCheck={false}
        placeholder={words.pathExample}
        onChange={(event) => setPath(event.target.value)}
      />
      {looked.found !== null && <Found found={looked.found} />}
      <NameField
        fault={hasLeftName ? wrongName : null}
        value={name}
        onName={setName}
        onLeave={() => setLeftName(true)}
      />
      <Fault error={save.error} />
      <SaveButtons save={form.save} isSaving={save.isPending} isOff={path.trim() === ''} onCancel={onClose} />
    </form>
  )
}

/** What lies in the typed folder, once typing has paused. */
function useFolder(api: ApiClient, path: string) {
  const [settled, setSettled] = useState(path)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(path), 400)
    return () => clearTimeout(timer)
  }, [path])
  const typed = settled.trim()
  const query = useQuery({
    queryKey: ['connection-preview', 'folder', typed],
    queryFn: ({ signal }) => api.connections.preview({ kind: 'folder', path: typed }, { signal }),
    enabled: typed !== '',
    retry: false,
  })
  const found = query.data?.kind === 'folder' && path.trim() === typed ? query.data : null
  return { found, fault: query.error === null ? null : problemOf(query.error) }
}

const shownTables = 12

type FoundFolder = Extract<ConnectionPreview, { readonly kind: 'folder' }>

function Found({ found }: { readonly found: FoundFolder }) {
  const { tables, tableCount, ignored } = found
  const more = tableCount - Math.min(shownTables, tables.length)
  return (
    <div className="flex flex-col gap-2 rounded-lg border border-line p-3 text-sm">
      <p>{say(words.found, { count: tableCount })}</p>
      <ul aria-label={words.foundList} className="flex flex-col gap-1 text-xs text-fg-2">
        {tables.slice(0, shownTables).map((each) => (
          <FoundTable key={each.table} found={each} />
        ))}
      </ul>
      {more > 0 && <p className="text-xs text-fg-2">{say(words.more, { count: more })}</p>}
      {ignored.length > 0 && (
        <p className="text-xs break-words text-fg-2">
          {say(ignored.length > 5 ? words.ignoredMore : words.ignored, { files: ignored.slice(0, 5).join(', ') })}
        </p>
      )}
    </div>
  )
}

function FoundTable({ found: { table, file, bytes, fault } }: { readonly found: FoundFolder['tables'][number] }) {
  const name = (
    <span key="table" className="text-fg">
      {table}
    </span>
  )
  const why = (
    <span key="fault" lang="en">
      {fault}
    </span>
  )
  return (
    <li className="break-words">
      {sayPieces(words.table, { table: name, file, size: bytesInWords(bytes, languageLocale) })}
      {fault !== null && (
        <span className="text-warn">
          {' · '}
          {sayPieces(words.unreadable, { fault: why })}
        </span>
      )}
    </li>
  )
}
