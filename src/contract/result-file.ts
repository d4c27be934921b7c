import * as z from 'zod/mini'

/** The kinds of file that a result can be written as. */
export const ResultFormat = z.enum(['csv', 'json', 'ndjson', 'parquet', 'xlsx'])
export type ResultFormat = z.infer<typeof ResultFormat>

/** What each kind of file is called in HTTP. */
export const resultMediaTypes: Readonly<Record<ResultFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/** The character between the fields of CSV. */
export const CsvSeparator = z.enum(['comma', 'semicolon', 'tab'])
export type CsvSeparator = z.infer<typeof CsvSeparator>

/** The mark before decimals in CSV; a point by default. */
export const DecimalMark = z.enum(['point', 'comma'])
export type DecimalMark = z.infer<typeof DecimalMark>

/** How a result is written. The marks concern CSV alone. */
export interface FileForm {
  readonly format: ResultFormat
  readonly separator?: CsvSeparator
  readonly decimalMark?: DecimalMark
  /** Whether CSV begins with the mark by which spreadsheets know UTF-8. */
  readonly byteOrderMark?: boolean
}
