import { useQueryClient } from '@tanstack/react-query'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/form.tsx'
import { connectionsWords } from '../../words/connections.ts'

const words = connectionsWords.form

/** Has everything read again that depends on the person's connections. */
export function useRefresh() {
  const queries = useQueryClient()
  return async (): Promise<void> => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: ['connections'] }),
      queries.invalidateQueries({ queryKey: ['app'] }),
    ])
  }
}

export interface NameFieldProps {
  readonly value: string
  readonly fault: string | null
  readonly onName: (name: string) => void
  readonly onLeave: () => void
}

/** What the person calls the connection. */
export const NameField = ({ value, fault, onName, onLeave }: NameFieldProps) => (
  <TextField
    label={words.name}
    hint={words.nameHint}
    fault={fault}
    value={value}
    maxLength={64}
    autoComplete="off"
    onChange={(event) => onName(event.target.value)}
    onBlur={onLeave}
  />
)

export interface SaveButtonsProps {
  /** What saving does, in words. */
  readonly save: string
  readonly isSaving: boolean
  /** True while there is nothing that could be saved. */
  readonly isOff?: boolean
  readonly onCancel: () => void
}

export const SaveButtons = ({ save, isSaving, isOff = false, onCancel }: SaveButtonsProps) => (
  <div className="flex flex-wrap gap-2">
    {/* Disabled, it would lose the focus, which the person still needs where saving fails. */}
    <Button
      type="submit"
      look="primary"
      disabled={isOff}
      aria-disabled={isSaving}
      className="aria-disabled:bg-raised aria-disabled:text-fg-off"
    >
      {save}
    </Button>
    <Button onClick={onCancel}>{words.cancel}</Button>
  </div>
)
