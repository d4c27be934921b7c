import { WandSparkles } from 'lucide-react'
import { useState } from 'react'
import type { ApiClient } from '../../transport/api-client.ts'
import { Button } from '../../ui/button.tsx'
import { formatSql } from '../../ui/format-sql.ts'
import { SqlEditor } from '../../ui/sql-editor.tsx'
import { composerWords as words } from '../../words/composer.ts'

export interface SqlBoxProps {
  readonly sql: string
  readonly onChange: (sql: string) => void
  readonly onRun: () => void
  readonly onLeave: () => void
  readonly api: ApiClient
  readonly connection: string
}

/** Where a person writes SQL of their own in the place of a question. */
export function SqlBox({ sql, onChange, onRun, onLeave, api, connection }: SqlBoxProps) {
  const { formatted, fault, format } = useFormatted(sql)
  return (
    // The skip link leads here while there is no question box.
    <div id="question" tabIndex={-1} className="overflow-hidden rounded-lg border border-line">
      <SqlEditor
        sql={sql}
        onChange={onChange}
        onRun={onRun}
        onLeave={onLeave}
        problem={null}
        api={api}
        connection={connection}
        replaced={formatted}
      />
      <div className="flex flex-wrap items-center gap-2 border-t border-line px-2 py-1.5 text-xs text-fg-3">
        <Button size="sm" look="quiet" onClick={() => void format()} disabled={sql.trim() === ''}>
          <WandSparkles size={14} aria-hidden />
          {words.format}
        </Button>
        <output className="min-w-0 flex-1">{fault ?? words.sqlHint}</output>
      </div>
    </div>
  )
}

/** The query laid out anew when asked for, or why it could not be. */
function useFormatted(sql: string) {
  const [formatted, setFormatted] = useState<{ readonly sql: string } | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const format = async (): Promise<void> => {
    const outcome = await formatSql(sql)
    setFault(outcome.fault)
    if (outcome.sql !== null) setFormatted({ sql: outcome.sql })
  }
  return { formatted, fault, format }
}
