import { refusal, failure, type Macros } from './macro-text.ts'

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
