import { clsx } from 'clsx'
import type { ComponentPropsWithRef } from 'react'

const looks = {
  primary: 'bg-accent text-white hover:bg-accent-hover disabled:bg-raised',
  secondary: 'border border-line bg-raised text-fg hover:bg-hover disabled:bg-raised',
  danger: 'bg-bad-solid text-white not-disabled:hover:brightness-110 disabled:bg-raised',
  quiet: 'text-fg-2 not-disabled:hover:bg-hover not-disabled:hover:text-fg',
} as const

const sizes = {
  md: 'h-9 gap-2 px-3.5 text-sm',
  sm: 'h-8 gap-1.5 px-2.5 text-sm',
} as const

export interface ButtonProps extends ComponentPropsWithRef<'button'> {
  readonly look?: keyof typeof looks
  readonly size?: keyof typeof sizes
}

/** A button with words. One `primary` on screen at a time. */
export function Button({ look = 'secondary', size = 'md', className, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={clsx(
        'inline-flex shrink-0 items-center justify-center rounded-lg font-medium whitespace-nowrap transition-colors',
        'disabled:text-fg-off pointer-coarse:min-h-10',
        looks[look],
        sizes[size],
        className,
      )}
      {...rest}
    />
  )
}
