import { clsx } from 'clsx'
import type { ComponentPropsWithRef, ComponentType } from 'react'

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

interface Look {
  readonly look?: keyof typeof looks | undefined
  readonly size?: keyof typeof sizes | undefined
}

const classOf = ({ look = 'secondary', size = 'md' }: Look, className: string | undefined): string =>
  clsx(
    'inline-flex shrink-0 items-center justify-center rounded-lg font-medium whitespace-nowrap transition-colors',
    'disabled:text-fg-off pointer-coarse:min-h-10',
    looks[look],
    sizes[size],
    className,
  )

export interface ButtonProps extends ComponentPropsWithRef<'button'>, Look {}

/** A button with words. One `primary` on screen at a time. */
export const Button = ({ look, size, className, type = 'button', ...rest }: ButtonProps) => (
  <button type={type} className={classOf({ look, size }, className)} {...rest} />
)

export interface IconButtonProps extends ButtonProps {
  /** What it does, read out and shown in its tooltip. */
  readonly label: string
  readonly icon: ComponentType<{ readonly size: number; readonly 'aria-hidden': true }>
}

/** A button with a sign alone. */
export const IconButton = ({ label, icon: Icon, look = 'quiet', size = 'sm', className, ...rest }: IconButtonProps) => (
  <Button
    {...{ look, size }}
    aria-label={label}
    title={label}
    className={clsx('px-2 aria-disabled:text-fg-off', className)}
    {...rest}
  >
    <Icon size={15} aria-hidden />
  </Button>
)

/** A link to a file, which looks like a button. The browser shows how far it is and lets it be stopped. */
export const DownloadButton = ({ look, size, className, children, ...rest }: ComponentPropsWithRef<'a'> & Look) => (
  <a download className={classOf({ look, size }, className)} {...rest}>
    {children}
  </a>
)
