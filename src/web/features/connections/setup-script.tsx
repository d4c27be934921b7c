import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { ConnectionOptions, SetupRequest } from '../../../contract/connection-setup.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Fault, TextField } from '../../ui/form.tsx'
import { snowflakeWords } from '../../words/connections.ts'
import { say } from '../../words/language.ts'
import type { Draft } from './connection-draft.ts'

const words = snowflakeWords.setup

export interface SetupScriptProps {
  readonly api: ApiClient
  readonly options: ConnectionOptions
  readonly draft: Draft
}

const listOf = (typed: string): string[] =>
  typed
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

/** What the script is made from: names of the form, and the databases to read. */
function requestOf(
  { role, warehouse, user, method }: Draft,
  options: ConnectionOptions,
  databases: string,
): SetupRequest {
  const given = { role, warehouse, user: method === 'key_pair' || method === 'access_token' ? user : '' }
  const named = Object.fromEntries(Object.entries(given).filter(([, name]) => name.trim() !== ''))
  return {
    ...named,
    databases: listOf(databases),
    shares: [],
    people: [],
    ...(method === 'snowflake_oauth' ? { oauthRedirect: options.redirectUri } : {}),
  }
}

/** The SQL for whoever manages the account, with the names of the form filled in. */
export function SetupScript({ api, options, draft }: SetupScriptProps) {
  const [databases, setDatabases] = useState(draft.database)
  const make = useMutation({ mutationFn: () => api.connections.setupScript(requestOf(draft, options, databases)) })
  return (
    <details className="rounded-lg border border-line p-3 text-sm">
      <summary className="cursor-pointer font-medium">{words.title}</summary>
      <div className="flex flex-col gap-3 pt-3">
        <p className="text-fg-2">{words.about}</p>
        <TextField
          label={words.databases}
          hint={words.databasesHint}
          value={databases}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setDatabases(event.target.value)}
          // Enter would save the form around it.
          onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
        />
        <p className="text-xs text-fg-2">
          {options.egress.length === 0
            ? words.noAddresses
            : say(words.addresses, { addresses: options.egress.join(', ') })}
        </p>
        <Button size="sm" className="self-start" disabled={make.isPending} onClick={() => make.mutate()}>
          {words.show}
        </Button>
        <Fault error={make.error} />
        {make.data !== undefined && <SqlToHandOver sql={make.data.sql} what={words.sql} />}
      </div>
    </details>
  )
}

/** SQL that somebody else runs, with a way to copy it. */
export const SqlToHandOver = ({ sql, what }: { readonly sql: string; readonly what: string }) => (
  <div className="flex flex-col items-start gap-1 rounded-lg border border-line bg-code p-2">
    {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so that keys have to reach it */}
    <section tabIndex={0} aria-label={what} className="max-h-80 w-full overflow-auto p-1">
      <pre className="sql-text text-xs whitespace-pre-wrap">{sql}</pre>
    </section>
    <CopyButton text={() => sql} what={what} />
  </div>
)
