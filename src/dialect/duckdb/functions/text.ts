import { refusal, failure, maxElements, maxTextLength, type Macros } from '../macros/macro-text.ts'
import { asText } from '../translate/coercions.ts'
import { emitted, type Emitted } from '../translate/emitted.ts'
import { cannotRun } from '../translate/syntax.ts'
import type { Call } from './call.ts'
import { custom, rule, type Rule, type Rules, template } from './function-set.ts'
import {
  regexpCount,
  regexpInstr,
  regexpLike,
  regexpReplace,
  regexpSubstr,
  regexpSubstrAll,
} from './regular-expressions.ts'

/** `CONCAT`: NULL as soon as one part is. */
function concat(call: Call): Emitted {
  const parts = call.args.map((_, i) => asText(call.arg(i)))
  return emitted(`(${parts.map((part) => part.text).join(' || ')})`, 'text', parts)
}

/** `CONCAT_WS`: NULL as soon as one part is, unlike DuckDB's. */
function concatWithSeparator(call: Call): Emitted {
  const [separator, ...parts] = call.args.map((_, i) => asText(call.arg(i)))
  if (separator === undefined) throw cannotRun('CONCAT_WS without arguments')
  return emitted(`(${parts.map((part) => part.text).join(` || ${separator.text} || `)})`, 'text', [separator, ...parts])
}

const sha2 = (call: Call): Emitted => {
  if (call.args.length > 1 && call.whole(1) !== 256) throw cannotRun('SHA2 of another size than 256')
  const text = asText(call.arg(0))
  return emitted(`sha256(${text.text})`, 'text', [text])
}

const length = rule('t', 'whole', 'length($1)')
const substr: readonly Rule[] = [
  template('tw', 'text', 'sf_substr($1, $2)'),
  template('tww', 'text', 'sf_substr($1, $2, $3)'),
]
const charindex: readonly Rule[] = [
  template('tt', 'whole', 'sf_charindex($1, $2, 1)'),
  template('ttw', 'whole', 'sf_charindex($1, $2, $3)'),
]
const trimmed = (name: string): readonly Rule[] => [
  template('t', 'text', `${name}($1, ' ')`),
  template('tt', 'text', `${name}($1, $2)`),
]
const padded = (own: 'sf_lpad' | 'sf_rpad'): readonly Rule[] => [
  template('tc', 'text', `${own}($1, CAST($2 AS BIGINT), ' ')`),
  template('tct', 'text', `${own}($1, CAST($2 AS BIGINT), $3)`),
]

/** Functions on text. */
export const textRules: Rules = {
  LENGTH: length,
  LEN: length,
  UPPER: rule('t', 'text', 'sf_upper($1)'),
  LOWER: rule('t', 'text', 'lower($1)'),
  INITCAP: [template('t', 'text', 'sf_initcap($1)')],
  TRIM: trimmed('trim'),
  LTRIM: trimmed('ltrim'),
  RTRIM: trimmed('rtrim'),
  LPAD: padded('sf_lpad'),
  RPAD: padded('sf_rpad'),
  REPEAT: rule('tc', 'text', 'sf_repeat($1, $2)'),
  SPACE: rule('c', 'text', "sf_repeat(' ', $1)"),
  REVERSE: rule('t', 'text', 'sf_reverse($1)'),
  REPLACE: [template('tt', 'text', "replace($1, $2, '')"), template('ttt', 'text', 'sf_replace($1, $2, $3)')],
  TRANSLATE: rule('ttt', 'text', 'translate($1, $2, $3)'),
  ASCII: rule('t', 'whole', 'sf_ascii($1)'),
  UNICODE: rule('t', 'whole', "CASE WHEN $1 = '' THEN 0 ELSE unicode($1) END"),
  CHR: rule('w', 'text', 'chr(CAST($1 AS INTEGER))'),
  CHAR: rule('w', 'text', 'chr(CAST($1 AS INTEGER))'),
  CHARINDEX: charindex,
  POSITION: charindex,
  CONTAINS: rule('tt', 'boolean', 'contains(CAST($1 AS VARCHAR), CAST($2 AS VARCHAR))'),
  STARTSWITH: rule('tt', 'boolean', 'starts_with($1, $2)'),
  ENDSWITH: rule('tt', 'boolean', 'ends_with($1, $2)'),
  LEFT: rule('tc', 'text', 'left($1, $2)'),
  RIGHT: rule('tc', 'text', 'right($1, $2)'),
  SUBSTR: substr,
  SUBSTRING: substr,
  INSERT: rule('twwt', 'text', 'sf_insert($1, $2, $3, $4)'),
  SPLIT: rule('tt', 'json', 'to_json(sf_split($1, $2))'),
  SPLIT_PART: rule('ttw', 'text', 'sf_split_part($1, $2, $3)'),
  STRTOK: [
    template('t', 'text', "sf_strtok($1, ' ', 1)"),
    template('tt', 'text', 'sf_strtok($1, $2, 1)'),
    template('ttw', 'text', 'sf_strtok($1, $2, $3)'),
  ],
  STRTOK_TO_ARRAY: [
    template('t', 'json', "to_json(sf_tokens($1, ' '))"),
    template('tt', 'json', 'to_json(sf_tokens($1, $2))'),
  ],
  CONCAT: [custom(1, 200, concat)],
  CONCAT_WS: [custom(2, 200, concatWithSeparator)],
  EDITDISTANCE: [
    template('tt', 'whole', 'sf_edit_distance($1, $2)'),
    template('ttw', 'whole', 'sf_least(sf_edit_distance($1, $2), $3)'),
  ],
  MD5: rule('t', 'text', 'md5($1)'),
  MD5_HEX: rule('t', 'text', 'md5($1)'),
  SHA1: rule('t', 'text', 'sha1($1)'),
  SHA1_HEX: rule('t', 'text', 'sha1($1)'),
  SHA2: [custom(1, 2, sha2, 'sha256')],
  SHA2_HEX: [custom(1, 2, sha2, 'sha256')],
  HEX_ENCODE: rule('t', 'text', 'hex($1)'),
  HEX_DECODE_STRING: rule('t', 'text', 'sf_hex_decode($1)'),
  BASE64_ENCODE: rule('t', 'text', 'base64(encode($1))'),
  BASE64_DECODE_STRING: rule('t', 'text', 'decode(from_base64($1))'),
  OCTET_LENGTH: rule('t', 'whole', 'strlen($1)'),
  BIT_LENGTH: rule('t', 'whole', '(8 * strlen($1))'),
  RTRIMMED_LENGTH: rule('t', 'whole', "length(rtrim($1, ' '))"),
  LIKE: rule('tt', 'boolean', '($1 LIKE $2)'),
  ILIKE: rule('tt', 'boolean', '($1 ILIKE $2)'),
  REGEXP_LIKE: [custom(2, 3, regexpLike, 'regexp_full_match')],
  RLIKE: [custom(2, 3, regexpLike, 'regexp_full_match')],
  REGEXP_SUBSTR: [custom(2, 6, regexpSubstr, 'regexp_extract_all', 'substr')],
  REGEXP_SUBSTR_ALL: [custom(2, 6, regexpSubstrAll, 'regexp_extract_all')],
  REGEXP_EXTRACT_ALL: [custom(2, 6, regexpSubstrAll, 'regexp_extract_all')],
  REGEXP_REPLACE: [custom(2, 6, regexpReplace, 'regexp_replace')],
  REGEXP_COUNT: [custom(2, 4, regexpCount, 'regexp_extract_all', 'substr', 'len')],
  REGEXP_INSTR: [custom(2, 6, regexpInstr)],
  UUID_STRING: [custom(0, 0, () => emitted('CAST(uuid() AS VARCHAR)', 'text', [], { volatile: true }), 'uuid')],
}

const tooLong = (type: 'BIGINT' | 'VARCHAR'): string => refusal('text of more than 16 MB', type)
const tooMany = refusal('an array of so many elements', 'VARCHAR')

/** Macros of these functions alone. */
export const textFunctionMacros = {
  // Place 0 means 1, negative places count from the end; before the start there is nothing.
  sf_substr: `(x, s) AS CASE WHEN s > 0 THEN substr(x, s) WHEN s = 0 THEN x WHEN -s > length(x) THEN '' ELSE substr(x, length(x) + s + 1) END,
   (x, s, n) AS CASE WHEN n <= 0 THEN CASE WHEN x IS NOT NULL AND s IS NOT NULL THEN '' END WHEN s > 0 THEN substr(x, s, n) WHEN s = 0 THEN substr(x, 1, n)
     WHEN -s > length(x) THEN '' ELSE substr(x, length(x) + s + 1, n) END`,
  sf_charindex: `(sub, x, s) AS CASE WHEN sub = '' THEN ${refusal('a search for empty text', 'BIGINT')} WHEN s < 1 THEN ${refusal('a search from before the start', 'BIGINT')} WHEN s = 1 THEN strpos(x, sub)
     WHEN strpos(substr(x, s), sub) = 0 THEN 0 ELSE strpos(substr(x, s), sub) + s - 1 END`,
  sf_insert: `(x, s, n, y) AS CASE WHEN s < 1 OR s > length(x) + 1 OR n < 0 OR n > length(x) + 1 - s THEN ${refusal('INSERT outside of the text', 'VARCHAR')}
     ELSE left(x, s - 1) || y || substr(x, s + n) END`,
  sf_least: `(x, n) AS CASE WHEN n < 0 THEN ${refusal('EDITDISTANCE with a limit below 0', 'BIGINT')} WHEN x > n THEN n ELSE CASE WHEN n IS NOT NULL THEN x END END`,
  // A length that is too great fails where it is computed, before the text is made, also while constants are folded.
  sfi_length: `(n) AS CAST(CASE WHEN n > ${maxTextLength} THEN ${tooLong('BIGINT')} ELSE n END AS INTEGER)`,
  sf_repeat: `(x, n) AS repeat(x, memory.main.sfi_length(n * strlen(x)) // greatest(strlen(x), 1))`,
  sf_lpad: `(x, n, p) AS CASE WHEN p = '' THEN CASE WHEN length(x) >= n THEN left(x, n) WHEN x IS NOT NULL AND n IS NOT NULL THEN ${refusal('LPAD with nothing', 'VARCHAR')} END ELSE lpad(x, memory.main.sfi_length(n), p) END`,
  sf_rpad: `(x, n, p) AS CASE WHEN p = '' THEN CASE WHEN length(x) >= n THEN left(x, n) WHEN x IS NOT NULL AND n IS NOT NULL THEN ${refusal('RPAD with nothing', 'VARCHAR')} END ELSE rpad(x, memory.main.sfi_length(n), p) END`,
  sf_replace: `(x, s, r) AS replace(x, s, CASE WHEN s <> '' AND strlen(r) > strlen(s) AND strlen(x) * strlen(r) > ${maxTextLength}
     AND strlen(x) + (strlen(x) - strlen(replace(x, s, ''))) // strlen(s) * (strlen(r) - strlen(s)) > ${maxTextLength} THEN ${tooLong('VARCHAR')} ELSE r END)`,
  // DuckDB turns letters with their accents around as one.
  sf_reverse: `(x) AS CASE WHEN length(x) <> length_grapheme(x) THEN ${refusal('REVERSE of letters made of several characters', 'VARCHAR')} ELSE reverse(x) END`,
  sf_upper: `(x) AS CASE WHEN contains(x, 'ß') THEN ${refusal('UPPER of the letter ß', 'VARCHAR')} ELSE upper(x) END`,
  sf_ascii: `(x) AS CASE WHEN x = '' THEN 0 WHEN unicode(x) > 127 THEN ${refusal('ASCII of a character beyond ASCII', 'BIGINT')} ELSE ascii(x) END`,
  sf_hex_decode: `(x) AS CASE WHEN NOT regexp_full_match(x, '([0-9A-Fa-f]{2})*') THEN ${failure('The text is not hexadecimal.', 'VARCHAR')} ELSE decode(unhex(x)) END`,
  // Part 0 means 1; an empty delimiter leaves one part.
  sf_split_part: `(x, d, n) AS CASE WHEN d = '' THEN CASE WHEN abs(n) <= 1 THEN x ELSE '' END ELSE split_part(x, d, CASE WHEN n = 0 THEN 1 ELSE n END) END`,
  sf_tokens: `(x, d) AS list_filter(string_split(translate(x, d, rpad('', CAST(length(d) AS INTEGER), left(d, 1))), left(d, 1)), lambda λp: λp <> '')`,
  sf_strtok: `(x, d, n) AS CASE WHEN n < 1 OR d = '' THEN ${refusal('STRTOK with these arguments', 'VARCHAR')} ELSE memory.main.sf_tokens(x, d)[n] END`,
  // A word starts after a blank or one of Snowflake's default delimiters.
  sf_initcap: `(x) AS array_to_string(list_transform(regexp_extract_all(lower(x), '[^\\s!?@"^#$&~_,.:;+\\-*%/|\\\\\\[\\](){}<>]+|[\\s!?@"^#$&~_,.:;+\\-*%/|\\\\\\[\\](){}<>]+'), lambda λp: memory.main.sf_upper(left(λp, 1)) || substr(λp, 2)), '')`,
  // An empty separator leaves one piece.
  sf_split: `(x, d) AS CASE WHEN d = '' AND x IS NOT NULL THEN [x] WHEN d IS NOT NULL THEN string_split(CASE WHEN strlen(x) > ${maxElements}
     AND (strlen(x) - strlen(replace(x, d, ''))) // strlen(d) > ${maxElements} THEN ${tooMany} ELSE x END, d) END`,
  // DuckDB counts bytes.
  sf_edit_distance: `(x, y) AS CASE WHEN strlen(x) * strlen(y) > 100000000 THEN ${refusal('EDITDISTANCE of texts as long as these', 'BIGINT')}
     WHEN strlen(x) = length(x) AND strlen(y) = length(y) THEN levenshtein(x, y)
     WHEN x IS NOT NULL AND y IS NOT NULL THEN ${refusal('EDITDISTANCE of text beyond ASCII', 'BIGINT')} END`,
} satisfies Macros
