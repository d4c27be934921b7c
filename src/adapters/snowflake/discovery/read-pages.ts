import { showCap } from './account-statements.ts'
import type { AskAccount } from './ask-account.ts'
import { readRows, type RowReader } from './result-rows.ts'

export interface Pages {
  readonly rows: readonly RowReader[]
  /** True where `SHOW` stopped at its limit and would not go on: what follows is unknown. */
  readonly isCut: boolean
}

/**
 * Every row of a `SHOW` that lists by name: a full page is followed by the one after its last name. A name seen before is not counted
 * again, because `FROM` means "from the first name that begins so".
 */
export async function readPages(ask: AskAccount, statement: (after: string | null) => string): Promise<Pages> {
  const byName = new Map<string, RowReader>()
  let after: string | null = null
  for (;;) {
    const known = byName.size
    const page: readonly RowReader[] = readRows(await ask(statement(after)))
    for (const row of page) byName.set(row('name') ?? '', row)
    if (page.length < showCap) return { rows: [...byName.values()], isCut: false }
    if (byName.size === known) return { rows: [...byName.values()], isCut: true }
    after = page.at(-1)?.('name') ?? null
  }
}
