import type { Cell, Column } from '../../contract/result.ts'

export type Rows = readonly (readonly Cell[])[]

export interface ResultSummary {
  readonly rowCount: number
  readonly truncated: boolean
}

/** Prints one result as it arrives: columns, any number of batches of rows, the end. */
export interface ResultWriter {
  start(columns: readonly Column[]): Promise<void>
  rows(rows: Rows): Promise<void>
  end(summary: ResultSummary): Promise<void>
}

/** Where a writer puts its text; resolves when there is room for more. */
export type WriteText = (text: string) => Promise<void>
