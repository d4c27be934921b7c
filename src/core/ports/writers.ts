import type { Caller } from '../caller.ts'
import type { Writer } from './writer.ts'

export interface OfferedWriter {
  readonly id: string
  readonly label: string
}

/** The writers that the operator has set up for everybody. */
export interface InstallationWriters {
  /** The writer of a question that names none. */
  readonly defaultId: string
  /** What to offer, the default first. A model that is not listed may still be picked by its name. */
  list(): readonly OfferedWriter[]
  /** The writer of an id, `offline` or `provider:model`; the default for undefined. Throws `model_unknown`, `model_unauthorized`. */
  pick(id: string | undefined): Writer
}

/** The writers a person may choose from: those of the installation, and the models of their own keys. */
export interface Writers {
  readonly defaultId: string
  /** What to offer to the person, the default first. Own models are missing while the store is away. */
  list(caller: Caller): Promise<readonly OfferedWriter[]>
  /**
   * The writer of an id, `offline` or `provider:model`; the default for undefined. A person's own key comes before the operator's for models of
   * its provider. Throws `model_unknown`, `model_unauthorized`, `forbidden`, `store_unavailable`.
   */
  pick(caller: Caller, id: string | undefined): Promise<Writer>
}
