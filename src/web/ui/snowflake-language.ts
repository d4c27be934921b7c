import { HighlightStyle } from '@codemirror/language'
import { SQLDialect } from '@codemirror/lang-sql'
import { tags } from '@lezer/highlight'

const wordsOf = (text: string): readonly string[] => text.trim().split(/\s+/)

/** Keywords of queries, which the editor offers. */
export const queryKeywords = wordsOf(`
  select from where group by order having qualify limit offset fetch first next rows row only top with recursive as on using join
  inner left right full outer cross natural lateral asof match_condition union all intersect except minus distinct and or not in is
  like ilike rlike between exists any some case when then else end cast try_cast over partition window range unbounded preceding
  following current asc desc nulls last interval values pivot unpivot sample tablesample at before exclude rename replace rollup cube
  grouping sets within escape collate true false null
`)

/** Keywords that only change data; the guard refuses them, and the editor only colours them. */
const otherKeywords = wordsOf('for insert update delete merge create drop alter truncate into set grant revoke call')

const types = wordsOf(`
  number decimal numeric int integer bigint smallint tinyint float double real varchar char string text boolean date time timestamp
  timestamp_ntz timestamp_ltz timestamp_tz variant object array binary geography geometry vector
`)

/** The functions that people write most, all of which the guard allows. */
export const commonFunctions = wordsOf(`
  abs any_value approx_count_distinct array_agg array_contains array_size array_to_string avg ceil coalesce concat concat_ws contains corr count
  count_if current_date current_timestamp date_part date_trunc dateadd datediff day dayname dayofweek decode dense_rank div0 endswith
  equal_null extract first_value floor get get_path greatest hour iff ifnull ilike initcap lag last_day last_value lead least left length listagg
  ln log lower lpad ltrim max md5 median min minute mod month monthname ntile nullif nullifzero nvl nvl2 object_construct object_keys parse_json
  percent_rank percentile_cont position power quarter rank regexp_count regexp_like regexp_replace regexp_substr replace right round
  row_number rpad rtrim sign split split_part sqrt startswith stddev substr substring sum time_slice to_char to_date to_number
  to_timestamp to_varchar trim trunc try_cast try_parse_json try_to_date try_to_number try_to_timestamp typeof upper variance week year
  zeroifnull
`)

/** Words that Snowflake reserves: as names they are written in quotes. */
const reserved = new Set(
  wordsOf(`
    ACCOUNT ALL ALTER AND ANY AS ASC BETWEEN BY CASE CAST CHECK COLUMN CONNECT CONNECTION CONSTRAINT CREATE CROSS CURRENT CURRENT_DATE
    CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DATABASE DELETE DESC DISTINCT DROP ELSE EXISTS FALSE FOLLOWING FOR FROM FULL GRANT GROUP
    GSCLUSTER HAVING ILIKE IN INCREMENT INNER INSERT INTERSECT INTO IS ISSUE JOIN LATERAL LEFT LIKE LIMIT LOCALTIME LOCALTIMESTAMP MINUS
    NATURAL NOT NULL OF OFFSET ON OR ORDER ORGANIZATION QUALIFY REGEXP REVOKE RIGHT RLIKE ROW ROWS SAMPLE SCHEMA SELECT SET SOME START TABLE
    TABLESAMPLE THEN TO TOP TRIGGER TRUE TRY_CAST UNION UNIQUE UPDATE USING VALUES VIEW WHEN WHENEVER WHERE WINDOW WITH
  `),
)

/** Whether a word can stand for something only in quotes. */
export const isReservedWord = (word: string): boolean => reserved.has(word.toUpperCase())

/** A stored name as SQL has to write it: bare only where Snowflake folds the bare word to the very same name. */
export const sqlIdentifier = (name: string): string =>
  /^[A-Z_][A-Z0-9_$]*$/.test(name) && !isReservedWord(name) ? name : `"${name.replaceAll('"', '""')}"`

/** Snowflake's SQL as far as an editor needs it. */
export const snowflakeDialect = SQLDialect.define({
  keywords: [...queryKeywords, ...otherKeywords].join(' '),
  types: types.join(' '),
  builtin: [...commonFunctions, 'flatten', 'table'].join(' '),
  slashComments: true,
  doubleDollarQuotedStrings: true,
  operatorChars: '*+-%<>!=&|^~/?:',
  specialVar: '$@',
  identifierQuotes: '"',
  caseInsensitiveIdentifiers: true,
})

/** The page's colours for it. */
export const sqlColours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.bool, tags.null], color: 'var(--color-sql-keyword)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--color-sql-string)' },
  { tag: tags.number, color: 'var(--color-sql-number)' },
  { tag: [tags.standard(tags.name), tags.typeName], color: 'var(--color-sql-function)' },
  { tag: tags.comment, color: 'var(--color-sql-comment)' },
  { tag: [tags.punctuation, tags.operator, tags.paren, tags.bracket], color: 'var(--color-sql-punctuation)' },
])
