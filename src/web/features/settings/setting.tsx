import { useId, useState, type ReactNode } from 'react'
import type { Preferences, PreferenceName, PreferencesChange, PreferencesState } from '../../../contract/preferences.ts'
import { languageOf, problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { say } from '../../words/language.ts'
import { settingsWords } from '../../words/settings.ts'

/** What every setting of the page needs. */
export interface SettingsProps {
  readonly state: PreferencesState
  /** Stores a change; rejects where the server refuses it. */
  readonly onChange: (change: PreferencesChange) => Promise<void>
  /** Told of a change that is stored, by the name that people see, and how to take it back. */
  readonly onSaved: (label: string, undo: () => Promise<void>) => void
}

/** The ids that tie a control to its explanation. */
export interface ControlProps {
  readonly id: string
  readonly 'aria-describedby': string
  readonly 'aria-invalid': boolean
}

interface SettingProps<N extends PreferenceName> extends SettingsProps {
  readonly name: N
  readonly label: string
  readonly about: string
  readonly children: (
    value: Preferences[N],
    save: (value: Preferences[N]) => void,
    control: ControlProps,
    /** Says beside the field why what was entered cannot be taken; null once it can. */
    complain: (fault: string | null) => void,
  ) => ReactNode
}

/** One thing that a person sets: what it does, its control, why it could not be saved, and the way back to the default. */
export function Setting<N extends PreferenceName>(props: SettingProps<N>) {
  const { state, onChange, onSaved, name, label, about, children } = props
  const id = useId()
  const [fault, setFault] = useState<ReactNode>(null)
  const value: Preferences[N] = state[name]
  const save = (next: Preferences[N]): void => {
    setFault(null)
    onChange({ [name]: next }).then(
      () => onSaved(label, () => onChange({ [name]: value })),
      (error: unknown) => {
        const problem = problemOf(error)
        setFault(
          <span lang={languageOf(problem)}>
            {problem.message} {problem.action}
          </span>,
        )
      },
    )
  }
  const control = {
    id,
    'aria-describedby': `${id}-about${fault === null ? '' : ` ${id}-fault`}`,
    'aria-invalid': fault !== null,
  }
  return (
    <div className="flex flex-col gap-2 border-t border-line pt-4 first-of-type:border-t-0 first-of-type:pt-0">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <label htmlFor={id} className="text-sm font-medium">
            {label}
          </label>
          <p id={`${id}-about`} className="text-sm text-fg-2">
            {about}
          </p>
        </div>
        {value !== null && (
          <Button
            look="quiet"
            size="sm"
            aria-label={say(settingsWords.resetOne, { label })}
            onClick={() => {
              save(null)
              // The button goes with what was set.
              document.getElementById(id)?.focus()
            }}
          >
            {settingsWords.reset}
          </Button>
        )}
      </div>
      {children(value, save, control, setFault)}
      {fault !== null && (
        <p id={`${id}-fault`} role="alert" className="text-xs text-bad">
          {fault}
        </p>
      )}
    </div>
  )
}

const look =
  'min-h-9 w-full max-w-80 rounded-lg border border-line-strong bg-input px-3 text-sm text-fg aria-invalid:border-bad pointer-coarse:min-h-11'

export interface ChoiceProps {
  readonly control: ControlProps
  /** The empty text stands for the default. */
  readonly value: string
  readonly options: readonly (readonly [value: string, words: string])[]
  readonly onChoose: (value: string) => void
}

/** One of a few things. */
export const Choice = ({ control, value, options, onChoose }: ChoiceProps) => (
  <select {...control} className={look} value={value} onChange={(event) => onChoose(event.target.value)}>
    {options.map(([each, words]) => (
      <option key={each} value={each}>
        {words}
      </option>
    ))}
  </select>
)

export interface AmountProps {
  readonly control: ControlProps
  /** Null where nothing is set. */
  readonly value: number | null
  readonly placeholder: string
  readonly label?: string
  /** Takes the number that was entered; null for nothing. Returns why it cannot be taken. */
  readonly onEnter: (value: number | null) => string | null
  readonly complain: (fault: string | null) => void
}

/** A number, taken when the person leaves the field or presses Enter. */
export function Amount({ control, value, placeholder, label, onEnter, complain }: AmountProps) {
  const shown = value === null ? '' : String(value)
  const [typed, setTyped] = useState<string | null>(null)
  const take = (): void => {
    if (typed === null) return
    const text = typed.trim()
    const entered = text === '' ? null : Number(text.replace(',', '.'))
    const fault = text === shown ? null : onEnter(entered)
    complain(fault)
    if (fault === null) setTyped(null)
  }
  return (
    <input
      {...control}
      aria-label={label}
      inputMode="decimal"
      autoComplete="off"
      className={look}
      value={typed ?? shown}
      placeholder={placeholder}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => event.key === 'Enter' && take()}
    />
  )
}
