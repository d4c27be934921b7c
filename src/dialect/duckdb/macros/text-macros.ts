import { cannotRun, failure } from './failure.ts'

/** Text, truth values, and anything as Snowflake prints it. */
export const textMacros: readonly string[] = [
  `sf_s(x) AS CASE
     WHEN typeof(x) = 'VARCHAR' THEN CAST(x AS VARCHAR)
     WHEN typeof(x) = 'JSON' THEN memory.main.sf_json_string(CAST(x AS JSON))
     WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN memory.main.sf_float_text(CAST(x AS DOUBLE))
     WHEN typeof(x) = 'TIMESTAMP WITH TIME ZONE' THEN strftime(CAST(x AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g +0000')
     WHEN typeof(x) LIKE 'TIMESTAMP%' THEN strftime(CAST(x AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g')
     WHEN typeof(x) = 'TIME' THEN strftime(DATE '1970-01-01' + CAST(x AS TIME), '%H:%M:%S')
     WHEN typeof(x) = 'BLOB' THEN hex(CAST(x AS BLOB))
     WHEN typeof(x) LIKE 'STRUCT%' OR typeof(x) LIKE 'MAP%' OR typeof(x) LIKE '%[]' THEN memory.main.sf_json_string(to_json(x))
     ELSE CAST(x AS VARCHAR) END`,
  `sf_only_text(x) AS CASE WHEN typeof(x) NOT IN ('VARCHAR', '"NULL"') THEN ${cannotRun('a set operation of text and another type in one column', 'VARCHAR')} ELSE CAST(x AS VARCHAR) END`,
  `sf_fit(x, n) AS CASE WHEN length(x) <= n THEN x WHEN x IS NULL THEN NULL ELSE ${failure('The text is longer than its type allows.', 'VARCHAR')} END`,
  `sf_tb(x) AS CASE WHEN lower(trim(x)) IN ('true', 't', 'yes', 'y', 'on', '1') THEN TRUE WHEN lower(trim(x)) IN ('false', 'f', 'no', 'n', 'off', '0') THEN FALSE
     WHEN x IS NULL THEN NULL ELSE ${failure('Boolean value is not recognized.', 'BOOLEAN')} END`,
  `sf_try_tb(x) AS CASE WHEN lower(trim(x)) IN ('true', 't', 'yes', 'y', 'on', '1') THEN TRUE WHEN lower(trim(x)) IN ('false', 'f', 'no', 'n', 'off', '0') THEN FALSE END`,
  `sf_b(x) AS CASE WHEN typeof(x) = 'VARCHAR' THEN memory.main.sf_tb(CAST(x AS VARCHAR)) ELSE CAST(x AS BOOLEAN) END`,
  // Place 0 means 1, negative places count from the end; before the start there is nothing.
  `sf_substr(x, s) AS CASE WHEN s > 0 THEN substr(x, s) WHEN s = 0 THEN x WHEN -s > length(x) THEN '' ELSE substr(x, length(x) + s + 1) END,
   (x, s, n) AS CASE WHEN n <= 0 THEN CASE WHEN x IS NOT NULL AND s IS NOT NULL THEN '' END WHEN s > 0 THEN substr(x, s, n) WHEN s = 0 THEN substr(x, 1, n)
     WHEN -s > length(x) THEN '' ELSE substr(x, length(x) + s + 1, n) END`,
  `sf_charindex(sub, x, s) AS CASE WHEN sub = '' THEN ${cannotRun('a search for empty text', 'BIGINT')} WHEN s < 1 THEN ${cannotRun('a search from before the start', 'BIGINT')} WHEN s = 1 THEN strpos(x, sub)
     WHEN strpos(substr(x, s), sub) = 0 THEN 0 ELSE strpos(substr(x, s), sub) + s - 1 END`,
  `sf_insert(x, s, n, y) AS CASE WHEN s < 1 OR s > length(x) + 1 OR n < 0 OR n > length(x) + 1 - s THEN ${cannotRun('INSERT outside of the text', 'VARCHAR')}
     ELSE left(x, s - 1) || y || substr(x, s + n) END`,
  // A length below nothing is nothing; NULL stays.
  `sf_least_0(n) AS CASE WHEN n < 0 THEN 0 ELSE n END`,
  `sf_least(x, n) AS CASE WHEN n < 0 THEN ${cannotRun('EDITDISTANCE with a limit below 0', 'BIGINT')} WHEN x > n THEN n ELSE CASE WHEN n IS NOT NULL THEN x END END`,
  `sf_lpad(x, n, p) AS CASE WHEN p = '' THEN CASE WHEN length(x) >= n THEN left(x, n) WHEN x IS NOT NULL AND n IS NOT NULL THEN ${cannotRun('LPAD with nothing', 'VARCHAR')} END ELSE lpad(x, n, p) END`,
  `sf_rpad(x, n, p) AS CASE WHEN p = '' THEN CASE WHEN length(x) >= n THEN left(x, n) WHEN x IS NOT NULL AND n IS NOT NULL THEN ${cannotRun('RPAD with nothing', 'VARCHAR')} END ELSE rpad(x, n, p) END`,
  // DuckDB turns letters with their accents around as one.
  `sf_reverse(x) AS CASE WHEN length(x) <> length_grapheme(x) THEN ${cannotRun('REVERSE of letters made of several characters', 'VARCHAR')} ELSE reverse(x) END`,
  `sf_upper(x) AS CASE WHEN contains(x, 'ß') THEN ${cannotRun('UPPER of the letter ß', 'VARCHAR')} ELSE upper(x) END`,
  `sf_ascii(x) AS CASE WHEN x = '' THEN 0 WHEN unicode(x) > 127 THEN ${cannotRun('ASCII of a character beyond ASCII', 'BIGINT')} ELSE ascii(x) END`,
  `sf_hex_decode(x) AS CASE WHEN NOT regexp_full_match(x, '([0-9A-Fa-f]{2})*') THEN ${failure('The text is not hexadecimal.', 'VARCHAR')} ELSE decode(unhex(x)) END`,
  // Patterns that match empty text: Snowflake's count of such matches is not known.
  `sf_pattern(p) AS CASE WHEN regexp_matches('', p) THEN ${cannotRun('a search for a pattern that matches empty text', 'VARCHAR')} ELSE p END`,
  // Part 0 means 1; an empty delimiter leaves one part.
  `sf_split_part(x, d, n) AS CASE WHEN d = '' THEN CASE WHEN abs(n) <= 1 THEN x ELSE '' END ELSE split_part(x, d, CASE WHEN n = 0 THEN 1 ELSE n END) END`,
  `sf_tokens(x, d) AS list_filter(string_split(translate(x, d, rpad('', CAST(length(d) AS INTEGER), left(d, 1))), left(d, 1)), lambda λp: λp <> '')`,
  `sf_strtok(x, d, n) AS CASE WHEN n < 1 OR d = '' THEN ${cannotRun('STRTOK with these arguments', 'VARCHAR')} ELSE memory.main.sf_tokens(x, d)[n] END`,
  // A word starts after a blank or one of Snowflake's default delimiters.
  `sf_initcap(x) AS array_to_string(list_transform(regexp_extract_all(lower(x), '[^\\s!?@"^#$&~_,.:;+\\-*%/|\\\\\\[\\](){}<>]+|[\\s!?@"^#$&~_,.:;+\\-*%/|\\\\\\[\\](){}<>]+'), lambda λp: memory.main.sf_upper(left(λp, 1)) || substr(λp, 2)), '')`,
  `sf_regexp_instr(x, p) AS CASE WHEN regexp_matches(x, p) THEN length(regexp_extract(x, '^((?s:.*?))(?:' || p || ')', 1)) + 1
     WHEN x IS NOT NULL AND p IS NOT NULL THEN 0 END`,
  // An empty separator leaves one piece.
  `sf_split(x, d) AS CASE WHEN d = '' AND x IS NOT NULL THEN [x] WHEN d IS NOT NULL THEN string_split(x, d) END`,
  // DuckDB counts bytes.
  `sf_edit_distance(x, y) AS CASE WHEN strlen(x) = length(x) AND strlen(y) = length(y) THEN levenshtein(x, y)
     WHEN x IS NOT NULL AND y IS NOT NULL THEN ${cannotRun('EDITDISTANCE of text beyond ASCII', 'BIGINT')} END`,
  `sf_split_table(x, d) AS TABLE SELECT CASE WHEN length(x) >= 0 THEN ${cannotRun('the SEQ column of a table function', 'BIGINT')} END AS "SEQ", generate_subscripts(memory.main.sf_split(x, d), 1) AS "INDEX", unnest(memory.main.sf_split(x, d)) AS "VALUE"`,
  `sf_token_table(x, d) AS TABLE SELECT CASE WHEN length(x) >= 0 THEN ${cannotRun('the SEQ column of a table function', 'BIGINT')} END AS "SEQ", generate_subscripts(memory.main.sf_tokens(x, d), 1) AS "INDEX", unnest(memory.main.sf_tokens(x, d)) AS "VALUE"`,
]
