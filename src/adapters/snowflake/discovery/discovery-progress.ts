/** How far reading an account has come. */
export interface DiscoveryProgress {
  readonly schemas: number
  readonly schemasListed: number
  readonly tables: number
  /** Tables whose columns are known. */
  readonly tablesRead: number
}

const count = new Intl.NumberFormat('en-US')
const counted = (n: number, one: string, many: string): string => `${count.format(n)} ${n === 1 ? one : many}`

/** A phrase for the person who waits, for example `1,200 of 10,000 tables read`. */
export function describeProgress({ schemas, schemasListed, tables, tablesRead }: DiscoveryProgress): string {
  if (schemasListed < schemas)
    return `${count.format(schemasListed)} of ${counted(schemas, 'schema', 'schemas')} listed, ${counted(tables, 'table', 'tables')} so far`
  return `${count.format(tablesRead)} of ${counted(tables, 'table', 'tables')} read`
}
