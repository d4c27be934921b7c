import type { ConnectionSummary } from '../../contract/api.ts'
import type { LinkState } from '../lib/turn-channel.ts'
import { ConnectionWarning } from './connection-warning.tsx'

export interface ConnectionLabelProps {
  readonly connections: readonly ConnectionSummary[]
  readonly chosen: string
  readonly onChoose: (ref: string) => void
  readonly link: LinkState
}

/** What is being asked, engine included, so that the sample is never taken for the real thing, with what is wrong about it. */
export function ConnectionLabel({ connections, chosen, onChoose, link }: ConnectionLabelProps) {
  const connection = connections.find(({ ref }) => ref === chosen) ?? connections[0]
  if (connection === undefined) return null
  const { label, engine, warning } = connection
  return (
    <div title={`${label} · ${engine}`} className="flex min-w-0 items-center gap-2 text-xs text-fg-2">
      {warning !== null && <ConnectionWarning warning={warning} />}
      <span aria-hidden className={`size-2 shrink-0 rounded-full ${link === 'open' ? 'bg-ok' : 'bg-warn'}`} />
      {connections.length === 1 ? (
        <span className="truncate">
          {label}
          <span className="text-fg-3 max-lg:hidden"> · {engine}</span>
        </span>
      ) : (
        <select
          aria-label="Connection"
          value={connection.ref}
          onChange={(event) => onChoose(event.target.value)}
          className="min-h-8 max-w-60 min-w-0 rounded-md border border-line bg-raised px-2 text-xs text-fg-2"
        >
          {connections.map((each) => (
            <option key={each.ref} value={each.ref}>
              {each.label} · {each.engine}
              {each.warning === null ? '' : ' · warning'}
            </option>
          ))}
        </select>
      )}
    </div>
  )
}
