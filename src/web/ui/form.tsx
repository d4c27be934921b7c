import { clsx } from 'clsx'
import { useId, type ComponentPropsWithRef, type ReactNode } from 'react'
import type { Problem } from '../../contract/problem.ts'
import { languageOf, problemOf } from '../transport/channel.ts'
import { uiWords } from '../words/ui.ts'
import { Button } from './button.tsx'

const control =
  'min-h-9 w-full rounded-lg border border-line-strong bg-input px-3 text-sm text-fg placeholder:text-fg-3 aria-invalid:border-bad pointer-coarse:min-h-11'

export interface TextFieldProps extends ComponentPropsWithRef<'input'> {
  readonly label: string
  readonly hint?: string
  /** Why the text cannot be taken; null while it can. */
  readonly fault?: ReactNode
}

/** A line of text with its label, and what is wrong with it. */
export function TextField({ label, hint, fault = null, className, ...rest }: TextFieldProps) {
  const id = useId()
  const described = fault !== null || hint !== undefined
  return (
    <div className={clsx('flex min-w-0 flex-col gap-1.5', className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        aria-invalid={fault !== null}
        aria-describedby={described ? `${id}-about` : undefined}
        className={control}
        {...rest}
      />
      {described && (
        <p
          id={`${id}-about`}
          role={fault === null ? undefined : 'alert'}
          className={clsx('text-xs', fault === null ? 'text-fg-2' : 'text-bad')}
        >
          {fault ?? hint}
        </p>
      )}
    </div>
  )
}

export interface SelectFieldProps extends ComponentPropsWithRef<'select'> {
  readonly label: string
  /** False where the place says what is chosen, for people who see it. */
  readonly isLabelShown?: boolean
  readonly options: readonly (readonly [value: string, words: string])[]
}

/** One of a few things, with its label. */
export function SelectField({ label, isLabelShown = true, options, className, ...rest }: SelectFieldProps) {
  const id = useId()
  return (
    <div className={clsx('flex min-w-0 flex-col gap-1.5', className)}>
      <label htmlFor={id} className={isLabelShown ? 'text-sm font-medium' : 'sr-only'}>
        {label}
      </label>
      <select id={id} className={control} {...rest}>
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </div>
  )
}

/** Why something was not done, at the place where it was asked for; nothing without an error. */
export function Fault({ error }: { readonly error: unknown }) {
  if (error === null || error === undefined) return null
  const problem = problemOf(error)
  return (
    <p role="alert" lang={languageOf(problem)} className="text-sm break-words text-bad">
      {problem.message} {problem.action}
    </p>
  )
}

export interface FaultBoxProps {
  readonly problem: Problem
  /** Given where trying again may help. */
  readonly onAgain?: () => void
}

/** In place of what could not be shown. */
export const FaultBox = ({ problem, onAgain }: FaultBoxProps) => (
  <div role="alert" className="flex flex-col items-start gap-2 rounded-xl border border-line bg-surface p-4">
    <p lang={languageOf(problem)} className="font-medium">
      {problem.message}
    </p>
    <p lang={languageOf(problem)} className="text-sm text-fg-2">
      {problem.action}
    </p>
    {onAgain !== undefined && (
      <Button size="sm" onClick={onAgain}>
        {uiWords.tryAgain}
      </Button>
    )}
  </div>
)

/** What has just been done, read out when it appears. */
export const Done = ({ children }: { readonly children: ReactNode }) => (
  <output className="block text-sm text-ok empty:hidden">{children}</output>
)
