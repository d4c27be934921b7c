import type { Writer } from './writer.ts'

/** The writers a person may choose from. */
export interface Writers {
  /** The writer of a question that names none. */
  readonly defaultId: string
  /** What to offer, the default first. A model that is not listed may still be picked by its name. */
  list(): readonly { readonly id: string; readonly label: string }[]
  /** The writer of an id, `offline` or `provider:model`; the default for undefined. Throws `model_unknown`, `model_unauthorized`. */
  pick(id: string | undefined): Writer
}
