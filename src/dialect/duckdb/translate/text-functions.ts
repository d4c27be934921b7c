import type { Call } from './call.ts'
import { asText } from './coercions.ts'
import { emitted, type Emitted } from './emitted.ts'
import {
  regexpCount,
  regexpInstr,
  regexpLike,
  regexpReplace,
  regexpSubstr,
  regexpSubstrAll,
} from './regular-expressions.ts'
import { custom, rule, type Rule, type Rules, template } from './rules.ts'
import { cannotRun } from './syntax.ts'

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
const padded = (name: 'lpad' | 'rpad', own: 'sf_lpad' | 'sf_rpad'): readonly Rule[] => [
  template('tc', 'text', `${name}($1, CAST($2 AS INTEGER), ' ')`),
  template('tct', 'text', `${own}($1, CAST($2 AS INTEGER), $3)`),
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
  LPAD: padded('lpad', 'sf_lpad'),
  RPAD: padded('rpad', 'sf_rpad'),
  REPEAT: rule('tc', 'text', 'repeat($1, $2)'),
  SPACE: rule('c', 'text', "repeat(' ', $1)"),
  REVERSE: rule('t', 'text', 'sf_reverse($1)'),
  REPLACE: [template('tt', 'text', "replace($1, $2, '')"), template('ttt', 'text', 'replace($1, $2, $3)')],
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
  SHA2: [custom(1, 2, sha2)],
  SHA2_HEX: [custom(1, 2, sha2)],
  HEX_ENCODE: rule('t', 'text', 'hex($1)'),
  HEX_DECODE_STRING: rule('t', 'text', 'sf_hex_decode($1)'),
  BASE64_ENCODE: rule('t', 'text', 'base64(encode($1))'),
  BASE64_DECODE_STRING: rule('t', 'text', 'decode(from_base64($1))'),
  OCTET_LENGTH: rule('t', 'whole', 'strlen($1)'),
  BIT_LENGTH: rule('t', 'whole', '(8 * strlen($1))'),
  RTRIMMED_LENGTH: rule('t', 'whole', "length(rtrim($1, ' '))"),
  LIKE: rule('tt', 'boolean', '($1 LIKE $2)'),
  ILIKE: rule('tt', 'boolean', '($1 ILIKE $2)'),
  REGEXP_LIKE: [custom(2, 3, regexpLike)],
  RLIKE: [custom(2, 3, regexpLike)],
  REGEXP_SUBSTR: [custom(2, 6, regexpSubstr)],
  REGEXP_SUBSTR_ALL: [custom(2, 6, regexpSubstrAll)],
  REGEXP_EXTRACT_ALL: [custom(2, 6, regexpSubstrAll)],
  REGEXP_REPLACE: [custom(2, 6, regexpReplace)],
  REGEXP_COUNT: [custom(2, 4, regexpCount)],
  REGEXP_INSTR: [custom(2, 6, regexpInstr)],
  UUID_STRING: [custom(0, 0, () => emitted('CAST(uuid() AS VARCHAR)', 'text', [], { volatile: true }))],
}
