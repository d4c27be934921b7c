import { failure, type Macros, mark, refusal } from './macro-text.ts'

/**
 * Numbers. Types are asked of the binder (`typeof` folds to a constant), so that one macro answers with Snowflake's type and
 * scale for whatever column it is given. A number class is 'F' for floating point, else the scale in digits.
 */
const widerWhole = "'TINYINT', 'SMALLINT', 'INTEGER', 'UTINYINT', 'USMALLINT'"
const largeWhole = "'BIGINT', 'UINTEGER', 'UBIGINT'"
const decimals = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)
const decimalField = (scale: number): string => `'${scale}': NULL::DECIMAL(38, ${scale})`

/** Scales are numbers, 99 for floating point. A quotient is first cut off here, then rounded to the scale it should have. */
const cutAt = 13
const quotientTypes = decimals(6, 12).map(decimalField).join(', ')
const averageTypes = decimals(0, 15)
  .map((scale) => `'${scale}': NULL::DECIMAL(38, ${scale + 3})`)
  .join(', ')

const powerOfTen = (digits: string): string => `rpad('1', 1 + CAST(${digits} AS INTEGER), '0')`
/** The digits of a fixed-point number of a scale, without its point. */
const unscaled = (x: string, scale: string): string =>
  `CAST(${x} * CAST(${powerOfTen(scale)} AS DECIMAL(38, 0)) AS HUGEINT)`
const field = (scale: string): string => `CASE WHEN ${scale} = 99 THEN 'F' ELSE CAST(${scale} AS VARCHAR) END`

export const numberMacros = {
  // The scale of a type by its name.
  sf_k: `(t) AS CASE WHEN t IN ('DOUBLE', 'FLOAT', 'JSON') THEN 99 WHEN t LIKE 'DECIMAL(%' THEN CAST(regexp_extract(t, ',(\\d+)\\)', 1) AS INTEGER)
     WHEN t = 'VARCHAR' THEN 5 ELSE 0 END`,
  // The scale of a sum, product and quotient.
  sf_ka: `(a, b) AS greatest(a, b)`,
  sf_km: `(a, b) AS least(a + b, greatest(a, b, 12), 99)`,
  sf_kd: `(a, b) AS greatest(a, least(a + 6, 12), b // 99 * 99)`,
  // Macros that end in a type of their own take `typeof(x)` as t: the binder must know it while it picks the type.
  // `t || ''` keeps DuckDB from looking for the field while the macro is created, when t means nothing yet.
  // Text that is a number: digits, a point, an exponent, infinity. DuckDB also reads underscores and blanks.
  sfi_is_number: `(x) AS regexp_full_match(x, '[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?|(?i)(nan|[+-]?inf(inity)?)')`,
  sf_try_digits: `(x) AS CASE WHEN memory.main.sfi_is_number(x) THEN x WHEN memory.main.sfi_is_number(trim(x)) THEN ${refusal('numbers in text with blanks around them', 'VARCHAR')} END`,
  sf_digits: `(x) AS CASE WHEN x IS NULL OR memory.main.sfi_is_number(x) THEN x WHEN memory.main.sfi_is_number(trim(x)) THEN ${refusal('numbers in text with blanks around them', 'VARCHAR')}
     ELSE ${failure('Numeric value is not recognized.', 'VARCHAR')} END`,
  // A VARIANT's number as text, digit by digit.
  sf_json_number: `(j) AS CASE WHEN json_type(j) = 'BOOLEAN' THEN CAST(CAST(CAST(j AS BOOLEAN) AS INTEGER) AS VARCHAR) ELSE memory.main.sf_digits(j ->> '$') END`,
  // What a cast to a number sees: a VARIANT's text, anything else as it is.
  sf_nc: `(x, t) AS struct_extract({'same': x, 'json': memory.main.sf_json_number(CASE WHEN t = 'JSON' THEN CAST(x AS JSON) END),
     'text': memory.main.sf_digits(CASE WHEN t = 'VARCHAR' THEN CAST(x AS VARCHAR) END)},
     CASE WHEN (t || '') = 'DATE' OR t LIKE 'TIME%' THEN 'a date as a number' WHEN t = 'JSON' THEN 'json' WHEN t = 'VARCHAR' THEN 'text' ELSE 'same' END)`,
  // Text in arithmetic is NUMBER(38, 5): more digits than that would be rounded away, so they are an error.
  sf_tn: `(x) AS CASE WHEN CAST(memory.main.sf_digits(x) AS DECIMAL(38, 15)) = CAST(x AS DECIMAL(38, 5)) THEN CAST(x AS DECIMAL(38, 5))
     WHEN x IS NULL THEN NULL ELSE ${refusal('arithmetic on text with more than five decimal places', 'BIGINT')} END`,
  // What arithmetic sees of a column: whole numbers wide enough not to overflow, text and VARIANT as numbers, dates as they are.
  sfi_long: `(x) AS CAST(memory.main.sf_digits(x) AS DECIMAL(38, 15)) <> CAST(x AS DECIMAL(38, 5))`,
  sf_n: `(x, t) AS cast_to_type(CASE WHEN (t || '') = 'VARCHAR' AND memory.main.sfi_long(CAST(x AS VARCHAR))
     THEN cast_to_type('${mark}The sample warehouse cannot run arithmetic on text with more than five decimal places; Snowflake can.', x) ELSE x END,
     struct_extract({'wide': NULL::BIGINT, 'huge': NULL::HUGEINT, 'float': NULL::DOUBLE, 'text': NULL::DECIMAL(38, 5), 'same': x},
     CASE WHEN (t || '') IN (${widerWhole}, 'BOOLEAN') THEN 'wide' WHEN t IN (${largeWhole}) THEN 'huge' WHEN t = 'JSON' THEN 'float'
     WHEN t = 'VARCHAR' THEN 'text' WHEN t LIKE 'TIMESTAMP%' THEN 'a timestamp in arithmetic' ELSE 'same' END))`,
  // A VARIANT in arithmetic.
  sf_jn: `(x) AS CAST(CASE WHEN abs(CAST(x AS DOUBLE)) >= 9007199254740992 THEN ${failure('The sample warehouse cannot run arithmetic on a VARIANT with so many digits; cast it to NUMBER first.', 'DOUBLE')} ELSE CAST(x AS DOUBLE) END AS DOUBLE)`,
  // Floating point as text: ten digits; how Snowflake writes very large and very small numbers is not known.
  sfi_float_text: `(x) AS CASE WHEN x = 0 OR (abs(x) >= 0.00001 AND abs(x) < 10000000000) OR NOT isfinite(x) THEN regexp_replace(printf('%.10g', x), '^nan$', 'NaN')
     WHEN x IS NULL THEN NULL ELSE ${refusal('text of floating-point numbers this large or small', 'VARCHAR')} END`,
  sfi_nz: `(x) AS CASE WHEN x = 0 THEN cast_to_type('${mark}Division by zero.', x) ELSE x END`,
  // Products whose scale Snowflake caps.
  sf_mul: `(a, b, k, l) AS cast_to_type(a * b, struct_extract({'same': a * b, ${decimals(12, 24).map(decimalField).join(', ')}},
     CASE WHEN k + l <= 12 OR k + l >= 99 THEN 'same' ELSE CAST(memory.main.sf_km(k, l) AS VARCHAR) END))`,
  sf_fdiv: `(a, b) AS CAST(a AS DOUBLE) / memory.main.sfi_nz(CAST(b AS DOUBLE))`,
  // Exact quotients: digits by digits, cut off, then rounded half away from zero by the last cast.
  sf_div: `(a, b, k, l) AS struct_extract({
     'F': CASE WHEN greatest(k, l) = 99 THEN CAST(a AS DOUBLE) / memory.main.sfi_nz(CAST(b AS DOUBLE)) END,
     'D': cast_to_type(CAST(CASE WHEN greatest(k, l) < 99 THEN ${unscaled('a', 'k % 99')} * CAST(${powerOfTen(`${cutAt} - k % 99 + l % 99`)} AS HUGEINT)
       // memory.main.sfi_nz(${unscaled('b', 'l % 99')}) END AS DECIMAL(38, 0)) * 0.${'0'.repeat(cutAt - 1)}1,
       struct_extract({'F': NULL::DECIMAL(38, 12), ${quotientTypes}}, ${field('memory.main.sf_kd(k, l)')}))
   }, CASE WHEN greatest(k, l) = 99 THEN 'F' ELSE 'D' END)`,
  // The average over a window: three digits more than its values have, the rest cut off.
  sf_window_average: `(a, b, k) AS struct_extract({
     'F': CASE WHEN k = 99 THEN CAST(a AS DOUBLE) / CAST(b AS DOUBLE) END,
     'D': CASE WHEN k < 99 THEN cast_to_type(CAST(${unscaled('a', 'k % 99')} * 1000 // b AS DECIMAL(38, 0)) * 0.000000000000000001 * CAST(${powerOfTen('15 - k % 99')} AS DECIMAL(38, 0)),
       struct_extract({'F': NULL::DECIMAL(38, 12), ${averageTypes}}, ${field('k')})) END
   }, CASE WHEN k = 99 THEN 'F' ELSE 'D' END)`,
  // A point between two values: three digits more than they have.
  sf_point: `(x) AS CASE WHEN abs(x) >= 1000000000000 THEN ${refusal('a point between numbers as large as these', 'DOUBLE')} ELSE x END`,
  sf_between: `(x, k) AS cast_to_type(x, struct_extract({'F': NULL::DOUBLE, ${averageTypes}}, ${field('k + 0')}))`,
  // Fixed point with no fewer digits after the point than `s`; whatever else as it is.
  sf_wide: `(x, s, t) AS cast_to_type(x, struct_extract({'same': x, ${decimals(1, 20).map(decimalField).join(', ')}},
     CASE WHEN (t || '') LIKE 'DECIMAL(%' THEN CAST(greatest(memory.main.sf_k(t), s) AS VARCHAR) ELSE 'same' END))`,
  sf_mod: `(a, b) AS a % memory.main.sfi_nz(b)`,
} satisfies Macros

/** Text, truth values, and anything as Snowflake prints it. */
export const textMacros = {
  sf_s: `(x) AS CASE
     WHEN typeof(x) = 'VARCHAR' THEN CAST(x AS VARCHAR)
     WHEN typeof(x) = 'JSON' THEN memory.main.sfi_json_string(CAST(x AS JSON))
     WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN memory.main.sfi_float_text(CAST(x AS DOUBLE))
     WHEN typeof(x) = 'TIMESTAMP WITH TIME ZONE' THEN strftime(CAST(x AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g +0000')
     WHEN typeof(x) LIKE 'TIMESTAMP%' THEN strftime(CAST(x AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g')
     WHEN typeof(x) = 'TIME' THEN strftime(DATE '1970-01-01' + CAST(x AS TIME), '%H:%M:%S')
     WHEN typeof(x) = 'BLOB' THEN hex(CAST(x AS BLOB))
     WHEN typeof(x) LIKE 'STRUCT%' OR typeof(x) LIKE 'MAP%' OR typeof(x) LIKE '%[]' THEN memory.main.sfi_json_string(to_json(x))
     ELSE CAST(x AS VARCHAR) END`,
  sf_only_text: `(x) AS CASE WHEN typeof(x) NOT IN ('VARCHAR', '"NULL"') THEN ${refusal('a set operation of text and another type in one column', 'VARCHAR')} ELSE CAST(x AS VARCHAR) END`,
  sf_fit: `(x, n) AS CASE WHEN length(x) <= n THEN x WHEN x IS NULL THEN NULL ELSE ${failure('The text is longer than its type allows.', 'VARCHAR')} END`,
  sf_tb: `(x) AS CASE WHEN lower(trim(x)) IN ('true', 't', 'yes', 'y', 'on', '1') THEN TRUE WHEN lower(trim(x)) IN ('false', 'f', 'no', 'n', 'off', '0') THEN FALSE
     WHEN x IS NULL THEN NULL ELSE ${failure('Boolean value is not recognized.', 'BOOLEAN')} END`,
  sf_try_tb: `(x) AS CASE WHEN lower(trim(x)) IN ('true', 't', 'yes', 'y', 'on', '1') THEN TRUE WHEN lower(trim(x)) IN ('false', 'f', 'no', 'n', 'off', '0') THEN FALSE END`,
  sf_b: `(x) AS CASE WHEN typeof(x) = 'VARCHAR' THEN memory.main.sf_tb(CAST(x AS VARCHAR)) ELSE CAST(x AS BOOLEAN) END`,
  // A length below nothing is nothing; NULL stays.
  sf_least_0: `(n) AS CASE WHEN n < 0 THEN 0 ELSE n END`,
} satisfies Macros
