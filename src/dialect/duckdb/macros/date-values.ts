import { refusal, failure, type Macros } from './macro-text.ts'

/** Dates and times. Text is read by the formats Snowflake detects by itself; everything else is an error rather than a guess. */
const iso = String.raw`'\s*\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?\s*(Z|[+-]\d{2}(:?\d{2})?)?\s*'`
const zone = String.raw`'\s*(Z|([T ]\d{1,2}:[0-9:.]+)\s*[+-]\d{2}(:?\d{2})?)?\s*$'`
const finer = String.raw`'\.\d{6}0*[1-9]'`
const whole = String.raw`'\s*-?\d{1,19}\s*'`
const american = String.raw`'\d{1,2}/\d{1,2}/\d{4}'`
const named = String.raw`'\d{1,2}-[A-Za-z]{3}-\d{4}'`
const hourOnly = String.raw`'\s*\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}\s*'`
/** Forms that Snowflake may read too, and that are not read here. */
const other = String.raw`'(?i)\s*((sun|mon|tue|wed|thu|fri|sat)[a-z]*,? |\d{1,2}/\d{1,2}/\d{4}\s+\d|\d{1,2}-[a-z]{3}-\d{4} \d|\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:.*[ap]m).*'`
const spelled = String.raw`'\d{1,2}-[A-Za-z]{3,9}-\d{4}'`

/** Seconds, or smaller units the larger the number is. */
const fromDigits = `make_timestamp(CAST(CASE
     WHEN abs(CAST(x AS HUGEINT)) < 31536000000 THEN CAST(x AS HUGEINT) * 1000000
     WHEN abs(CAST(x AS HUGEINT)) < 31536000000000 THEN CAST(x AS HUGEINT) * 1000
     WHEN abs(CAST(x AS HUGEINT)) < 31536000000000000 THEN CAST(x AS HUGEINT)
     ELSE CAST(x AS HUGEINT) // 1000 END AS BIGINT))`

const read = (isoCast: string, parse: string, otherwise: string): string => `CASE
     WHEN x IS NULL THEN NULL
     WHEN regexp_matches(x, ${finer}) THEN ${refusal('times finer than a microsecond', 'TIMESTAMP')}
     WHEN regexp_full_match(x, ${iso}) THEN ${isoCast}(regexp_replace(x, ${zone}, '\\2') AS TIMESTAMP)
     WHEN regexp_full_match(x, ${whole}) THEN ${fromDigits}
     WHEN regexp_full_match(x, ${hourOnly}) THEN ${isoCast}(rtrim(x) || ':00:00' AS TIMESTAMP)
     WHEN regexp_full_match(x, ${american}) THEN ${parse}(x, '%m/%d/%Y')
     WHEN regexp_full_match(x, ${named}) THEN ${parse}(x, '%d-%b-%Y')
     WHEN regexp_full_match(x, ${spelled}) THEN ${parse}(x, '%d-%B-%Y')
     WHEN regexp_full_match(x, ${other}) THEN ${refusal('dates and times written like this', 'TIMESTAMP')}
     ELSE ${otherwise} END`

const numeric = (t: string): string =>
  `(${t} IN ('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT', 'DOUBLE', 'FLOAT') OR ${t} LIKE 'DECIMAL%')`

/** The type a moved moment keeps: a date stays a date. */
export const kept = `struct_extract({'date': NULL::DATE, 'plain': NULL::TIMESTAMP, 'zoned': NULL::TIMESTAMPTZ},
     CASE (t || '') WHEN 'DATE' THEN 'date' WHEN 'TIMESTAMP WITH TIME ZONE' THEN 'zoned' ELSE 'plain' END)`

export const dateMacros = {
  sf_to_ts: `(x) AS ${read('CAST', 'strptime', failure('Timestamp is not recognized.', 'TIMESTAMP'))}`,
  sf_try_ts: `(x) AS ${read('TRY_CAST', 'try_strptime', 'NULL')}`,
  sf_zoneless: `(x) AS CASE WHEN regexp_matches(x, '(Z|:[0-9.]+\\s*[+-]\\d{2}(:?\\d{2})?)\\s*$') AND NOT regexp_matches(x, '(Z|[+-]00(:?00)?)\\s*$') THEN ${refusal('text with an offset as a TIMESTAMP_LTZ', 'VARCHAR')} ELSE x END`,
  sf_to_date: `(x) AS CAST(memory.main.sf_to_ts(x) AS DATE)`,
  sf_try_date: `(x) AS CAST(memory.main.sf_try_ts(x) AS DATE)`,
  sf_from_epoch: `(x, s) AS make_timestamp(CAST(CAST(x * 1000000 AS HUGEINT) // CAST(rpad('1', 1 + CAST(s AS INTEGER), '0') AS HUGEINT) AS BIGINT))`,
  // Anything as a timestamp: numbers are seconds.
  sf_ts: `(x) AS CASE
     WHEN typeof(x) = 'VARCHAR' THEN memory.main.sf_to_ts(CAST(x AS VARCHAR))
     WHEN typeof(x) = 'JSON' THEN memory.main.sf_to_ts(memory.main.sf_json_instant(CAST(x AS JSON)))
     WHEN ${numeric('typeof(x)')} THEN memory.main.sf_from_epoch(CAST(x AS DECIMAL(38, 9)), 0)
     ELSE CAST(x AS TIMESTAMP) END`,
  // What has an hour: a time of day too.
  sf_clock: `(x) AS CASE WHEN typeof(x) = 'TIME' THEN DATE '1970-01-01' + CAST(x AS TIME) ELSE memory.main.sf_ts(x) END`,
  sf_to_ltz: `(x) AS CAST(CASE WHEN typeof(x) = 'VARCHAR' THEN memory.main.sf_ts(memory.main.sf_zoneless(CAST(x AS VARCHAR))) ELSE memory.main.sf_ts(x) END AS TIMESTAMPTZ)`,
  sf_date: `(x) AS CASE
     WHEN typeof(x) = 'VARCHAR' THEN memory.main.sf_to_date(CAST(x AS VARCHAR))
     WHEN typeof(x) = 'JSON' THEN memory.main.sf_to_date(memory.main.sf_json_date(CAST(x AS JSON)))
     WHEN ${numeric('typeof(x)')} THEN ${failure('A number is no date.', 'DATE')}
     ELSE CAST(x AS DATE) END`,
  // A date or timestamp as it is; text becomes a timestamp.
  sf_dt: `(x, t) AS cast_to_type(x, struct_extract({'text': NULL::TIMESTAMP, 'same': x},
     CASE WHEN (t || '') IN ('VARCHAR', 'JSON', '"NULL"') THEN 'text' WHEN ${numeric('t')} THEN 'a number as a date' ELSE 'same' END))`,
  sf_keep: `(v, t) AS cast_to_type(v, ${kept})`,
  sf_shift: `(x, step, t) AS cast_to_type(x + step, ${kept})`,
  sf_trunc_date: `(x, unit, t) AS cast_to_type(date_trunc(unit, x), ${kept})`,
  sf_to_time: `(x) AS CASE
     WHEN typeof(x) = 'VARCHAR' AND regexp_full_match(CAST(x AS VARCHAR), '\\d{1,2}:\\d{2}(:\\d{2}(\\.\\d{1,6})?)?') THEN CAST(CAST(x AS VARCHAR) AS TIME)
     WHEN typeof(x) = 'VARCHAR' AND x IS NOT NULL THEN ${failure('Time is not recognized.', 'TIME')}
     WHEN ${numeric('typeof(x)')} THEN ${failure('A number is no time.', 'TIME')}
     ELSE CAST(x AS TIME) END`,
  sf_try_time: `(x) AS CASE WHEN regexp_full_match(x, '\\d{1,2}:\\d{2}(:\\d{2}(\\.\\d{1,6})?)?') THEN TRY_CAST(x AS TIME)
     WHEN regexp_matches(x, '^\\s*\\d{1,2}(:\\d{2}(:\\d{2}(\\.\\d+)?)?)?\\s*(?i:[ap]m)?\\s*$|^\\d+$') THEN ${refusal('times written like this', 'TIME')} END`,
  sf_strftime: `(x, f) AS CASE
     WHEN ${numeric('typeof(x)')} THEN ${failure('A number has no date format.', 'VARCHAR')}
     WHEN typeof(x) = 'TIME' THEN strftime(DATE '1970-01-01' + CAST(x AS TIME), f)
     ELSE strftime(memory.main.sf_ts(x), f) END`,
} satisfies Macros
