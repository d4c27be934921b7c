/** How far reading an account has come. */
export interface DiscoveryProgress {
  readonly schemas: number
  readonly schemasListed: number
  readonly tables: number
  /** Tables whose columns are known. */
  readonly tablesRead: number
}

// Written out because making a number format costs more than reading a schema.
const grouped = (n: number): string => String(n).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
const counted = (n: number, one: string, many: string): string => `${grouped(n)} ${n === 1 ? one : many}`

/** A phrase for the person who waits, for example `1,200 of 10,000 tables read`. */
export function describeProgress({ schemas, schemasListed, tables, tablesRead }: DiscoveryProgress): string {
  if (schemasListed < schemas)
    return `${grouped(schemasListed)} of ${counted(schemas, 'schema', 'schemas')} listed, ${counted(tables, 'table', 'tables')} so far`
  return `${grouped(tablesRead)} of ${counted(tables, 'table', 'tables')} read`
}
