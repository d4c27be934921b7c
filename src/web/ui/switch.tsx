import { Switch as BaseSwitch } from '@base-ui/react/switch'

export interface SwitchProps {
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly label: string
  readonly title?: string
}

/** A switch with its label. */
export function Switch({ checked, onChange, label, title }: SwitchProps) {
  return (
    <label title={title} className="flex min-h-8 cursor-pointer items-center gap-2 text-sm text-fg-2 select-none">
      <BaseSwitch.Root
        checked={checked}
        onCheckedChange={onChange}
        className="flex h-5 w-9 shrink-0 cursor-pointer items-center rounded-full border border-line-strong bg-active px-px transition-colors data-checked:border-accent data-checked:bg-accent"
      >
        <BaseSwitch.Thumb className="size-4 rounded-full bg-white transition-transform data-checked:translate-x-4 forced-colors:bg-[ButtonText]" />
      </BaseSwitch.Root>
      {label}
    </label>
  )
}
