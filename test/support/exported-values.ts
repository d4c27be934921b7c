/** What files hold of a value, where it is not the text. */
export interface Held {
  readonly json?: unknown
  /** As text. */
  readonly parquet?: string | null
  readonly xlsx?: unknown
}

/** The 24 values that files keep exact: an expression of DuckDB for each, its text, and what kinds of file with types of their own hold. */
export const exportedValues: readonly (readonly [name: string, sql: string, text: string, held?: Held])[] = [
  ['not a number', "'NaN'::DOUBLE", 'NaN', { parquet: 'nan' }],
  ['infinity', "'Infinity'::DOUBLE", 'Infinity', { parquet: 'inf' }],
  ['minus infinity', "'-Infinity'::DOUBLE", '-Infinity', { parquet: '-inf' }],
  ['minus zero', '-0.0::DOUBLE', '-0.0', { json: -0, xlsx: -0 }],
  ['more than 2^53', '9007199254740993::BIGINT', '9007199254740993'],
  ['the least bigint', '(-9223372036854775808)::BIGINT', '-9223372036854775808'],
  ['38 digits', `${'9'.repeat(38)}::DECIMAL(38, 0)`, '9'.repeat(38)],
  [
    '38 digits, 10 behind the point',
    '-1234567890123456789012345678.0123456789::DECIMAL(38, 10)',
    '-1234567890123456789012345678.0123456789',
  ],
  ['a double of 17 digits', '0.1::DOUBLE + 0.2::DOUBLE', '0.30000000000000004', { json: 0.1 + 0.2, xlsx: 0.1 + 0.2 }],
  ['the least double', '5e-324::DOUBLE', '5e-324', { json: 5e-324, xlsx: 5e-324 }],
  ['microseconds', "TIMESTAMP '2024-01-02 03:04:05.123456'", '2024-01-02 03:04:05.123456'],
  ['nanoseconds', "TIMESTAMP_NS '2024-01-02 03:04:05.123456789'", '2024-01-02 03:04:05.123456789'],
  ['a day before Christ', "DATE '0044-03-15 (BC)'", '0044-03-15 (BC)'],
  ['the last day', "DATE '9999-12-31'", '9999-12-31', { xlsx: new Date('9999-12-31T00:00:00Z') }],
  [
    'a moment with a zone',
    "TIMESTAMPTZ '2024-01-01 00:00:00+05:30'",
    '2023-12-31 18:30:00+00:00',
    { parquet: '2023-12-31 18:30:00+00' },
  ],
  ['a time', "TIME '23:59:59.999999'", '23:59:59.999999'],
  ['an interval', "INTERVAL '1 year 2 months 3 days 04:05:06'", '1 year 2 months 3 days 04:05:06'],
  ['NULL', 'NULL::VARCHAR', '', { json: null, parquet: null, xlsx: null }],
  ['an empty text', "''", '', { xlsx: null }],
  ['the word NULL', "'NULL'", 'NULL'],
  ['bytes', String.raw`'\xDE\xAD\x00'::BLOB`, 'DEAD00', { parquet: String.raw`\xDE\xAD\x00` }],
  ['large numbers in JSON', `'{"n":12345678901234567890,"f":1.10}'::JSON`, '{"n":12345678901234567890,"f":1.10}'],
  [
    'marks of direction, combining marks',
    "chr(8238) || 'abc' || chr(8236) || 'e' || chr(769)",
    '\u202eabc\u202ce\u0301',
  ],
  ['an emoji, NUL, line breaks', "'🌊' || chr(0) || 'x' || chr(13) || chr(10) || 'y'", '🌊\0x\r\ny'],
]
