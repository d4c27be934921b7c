import type { CatalogTable, ForeignKey } from '../../../core/catalog/catalog.ts'

/** Where every Snowflake account has these tables. */
export const sampleDatabase = 'SNOWFLAKE_SAMPLE_DATA'
export const sampleSchema = 'TPCH_SF1'

interface SampleColumn {
  readonly name: string
  /** As Snowflake declares it. */
  readonly type: string
  readonly comment: string
}

export interface SampleTable {
  readonly name: string
  readonly comment: string
  readonly columns: readonly SampleColumn[]
  readonly primaryKey: readonly string[]
  readonly foreignKeys: readonly ForeignKey[]
}

const column = (name: string, type: string, comment: string): SampleColumn => ({ name, type, comment })
const id = (name: string, comment: string): SampleColumn => column(name, 'NUMBER(38,0)', comment)
const text = (name: string, length: number, comment: string): SampleColumn =>
  column(name, `VARCHAR(${length})`, comment)
const money = (name: string, comment: string): SampleColumn => column(name, 'NUMBER(12,2)', comment)
const day = (name: string, comment: string): SampleColumn => column(name, 'DATE', comment)
const refersTo = (columns: readonly string[], table: string, targetColumns: readonly string[]): ForeignKey => ({
  columns,
  target: { database: sampleDatabase, schema: sampleSchema, name: table },
  targetColumns,
})

/** The eight tables of TPC-H with Snowflake's column names and types; keys as the specification declares them (1.4.2). */
export const sampleTables: readonly SampleTable[] = [
  {
    name: 'REGION',
    comment: 'Regions of the world',
    columns: [
      id('R_REGIONKEY', 'Identifies the region'),
      text('R_NAME', 25, 'Name of the region'),
      text('R_COMMENT', 152, 'Free text'),
    ],
    primaryKey: ['R_REGIONKEY'],
    foreignKeys: [],
  },
  {
    name: 'NATION',
    comment: 'Nations (countries) where customers and suppliers are',
    columns: [
      id('N_NATIONKEY', 'Identifies the nation'),
      text('N_NAME', 25, 'Name of the nation (country)'),
      id('N_REGIONKEY', 'Region the nation belongs to'),
      text('N_COMMENT', 152, 'Free text'),
    ],
    primaryKey: ['N_NATIONKEY'],
    foreignKeys: [refersTo(['N_REGIONKEY'], 'REGION', ['R_REGIONKEY'])],
  },
  {
    name: 'CUSTOMER',
    comment: 'Customers who place orders',
    columns: [
      id('C_CUSTKEY', 'Identifies the customer'),
      text('C_NAME', 25, 'Name of the customer'),
      text('C_ADDRESS', 40, 'Address'),
      id('C_NATIONKEY', 'Nation of the customer'),
      text('C_PHONE', 15, 'Telephone number; its first two digits are the country code'),
      money('C_ACCTBAL', 'Account balance'),
      text('C_MKTSEGMENT', 10, 'Market segment'),
      text('C_COMMENT', 117, 'Free text'),
    ],
    primaryKey: ['C_CUSTKEY'],
    foreignKeys: [refersTo(['C_NATIONKEY'], 'NATION', ['N_NATIONKEY'])],
  },
  {
    name: 'SUPPLIER',
    comment: 'Suppliers of parts',
    columns: [
      id('S_SUPPKEY', 'Identifies the supplier'),
      text('S_NAME', 25, 'Name of the supplier'),
      text('S_ADDRESS', 40, 'Address'),
      id('S_NATIONKEY', 'Nation of the supplier'),
      text('S_PHONE', 15, 'Telephone number; its first two digits are the country code'),
      money('S_ACCTBAL', 'Account balance'),
      text('S_COMMENT', 101, 'Free text, sometimes with complaints or recommendations of customers'),
    ],
    primaryKey: ['S_SUPPKEY'],
    foreignKeys: [refersTo(['S_NATIONKEY'], 'NATION', ['N_NATIONKEY'])],
  },
  {
    name: 'PART',
    comment: 'Parts (products) that are sold',
    columns: [
      id('P_PARTKEY', 'Identifies the part'),
      text('P_NAME', 55, 'Name of the part, five colours'),
      text('P_MFGR', 25, 'Manufacturer'),
      text('P_BRAND', 10, 'Brand'),
      text('P_TYPE', 25, 'Type: finish, treatment and metal'),
      id('P_SIZE', 'Size, 1 to 50'),
      text('P_CONTAINER', 10, 'Container it is packed in'),
      money('P_RETAILPRICE', 'Retail price'),
      text('P_COMMENT', 23, 'Free text'),
    ],
    primaryKey: ['P_PARTKEY'],
    foreignKeys: [],
  },
  {
    name: 'PARTSUPP',
    comment: 'Which supplier offers which part, at what cost',
    columns: [
      id('PS_PARTKEY', 'The part'),
      id('PS_SUPPKEY', 'The supplier'),
      id('PS_AVAILQTY', 'Quantity available'),
      money('PS_SUPPLYCOST', 'Cost of one piece at this supplier'),
      text('PS_COMMENT', 199, 'Free text'),
    ],
    primaryKey: ['PS_PARTKEY', 'PS_SUPPKEY'],
    foreignKeys: [refersTo(['PS_PARTKEY'], 'PART', ['P_PARTKEY']), refersTo(['PS_SUPPKEY'], 'SUPPLIER', ['S_SUPPKEY'])],
  },
  {
    name: 'ORDERS',
    comment: 'Orders placed by customers',
    columns: [
      id('O_ORDERKEY', 'Identifies the order'),
      id('O_CUSTKEY', 'Customer who placed the order'),
      text('O_ORDERSTATUS', 1, 'F: all items shipped, O: none shipped, P: some'),
      money('O_TOTALPRICE', 'Total price of the order, discounts and taxes included'),
      day('O_ORDERDATE', 'Day the order was placed'),
      text('O_ORDERPRIORITY', 15, 'Priority, from 1-URGENT to 5-LOW'),
      text('O_CLERK', 15, 'Clerk who took the order'),
      id('O_SHIPPRIORITY', 'Shipping priority, always 0'),
      text('O_COMMENT', 79, 'Free text'),
    ],
    primaryKey: ['O_ORDERKEY'],
    foreignKeys: [refersTo(['O_CUSTKEY'], 'CUSTOMER', ['C_CUSTKEY'])],
  },
  {
    name: 'LINEITEM',
    comment: 'Items (lines) of orders',
    columns: [
      id('L_ORDERKEY', 'The order'),
      id('L_PARTKEY', 'The part'),
      id('L_SUPPKEY', 'The supplier'),
      id('L_LINENUMBER', 'Number of the line within the order'),
      money('L_QUANTITY', 'Quantity'),
      money('L_EXTENDEDPRICE', 'Quantity times retail price, before discount and tax'),
      money('L_DISCOUNT', 'Discount as a fraction, 0.00 to 0.10'),
      money('L_TAX', 'Tax as a fraction, 0.00 to 0.08'),
      text('L_RETURNFLAG', 1, 'R: returned, A: accepted, N: not yet decided'),
      text('L_LINESTATUS', 1, 'O: open, F: shipped'),
      day('L_SHIPDATE', 'Day it was shipped'),
      day('L_COMMITDATE', 'Day it was promised for'),
      day('L_RECEIPTDATE', 'Day it was received'),
      text('L_SHIPINSTRUCT', 25, 'Instruction for shipping'),
      text('L_SHIPMODE', 10, 'Mode of shipping'),
      text('L_COMMENT', 44, 'Free text'),
    ],
    primaryKey: ['L_ORDERKEY', 'L_LINENUMBER'],
    foreignKeys: [
      refersTo(['L_ORDERKEY'], 'ORDERS', ['O_ORDERKEY']),
      refersTo(['L_PARTKEY', 'L_SUPPKEY'], 'PARTSUPP', ['PS_PARTKEY', 'PS_SUPPKEY']),
      refersTo(['L_PARTKEY'], 'PART', ['P_PARTKEY']),
      refersTo(['L_SUPPKEY'], 'SUPPLIER', ['S_SUPPKEY']),
    ],
  },
]

/** Adds what a DuckDB file does not keep to a table read from the sample: lengths of texts, keys, not-null. */
export function declareSample(table: CatalogTable): CatalogTable {
  const declared = sampleTables.find((sample) => sample.name === table.name)
  if (declared === undefined) return table
  const types = new Map(declared.columns.map((column) => [column.name, column.type]))
  return {
    ...table,
    primaryKey: declared.primaryKey,
    foreignKeys: declared.foreignKeys,
    columns: table.columns.map((column) => ({
      ...column,
      type: types.get(column.name) ?? column.type,
      nullable: false,
    })),
  }
}
