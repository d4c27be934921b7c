import { SQLDialect } from '@codemirror/lang-sql'

const keywords =
  'select from where group by order having qualify limit offset fetch first next rows row only top with recursive as on using join ' +
  'inner left right full outer cross natural lateral asof match_condition union all intersect except minus distinct and or not in is ' +
  'like ilike rlike between exists any some case when then else end cast try_cast over partition window range unbounded preceding ' +
  'following current asc desc nulls last interval values pivot unpivot sample tablesample at before exclude rename replace rollup cube ' +
  'grouping sets within escape collate for insert update delete merge create drop alter truncate into set'

const types =
  'number decimal numeric int integer bigint smallint tinyint float double real varchar char string text boolean date time timestamp ' +
  'timestamp_ntz timestamp_ltz timestamp_tz variant object array binary geography geometry vector'

const builtin =
  'abs approx_count_distinct array_agg avg ceil coalesce concat contains count current_date current_timestamp date_trunc dateadd ' +
  'datediff dayname decode dense_rank endswith extract flatten floor get_path greatest iff ifnull initcap lag last_day lead least ' +
  'length listagg lower ltrim max median min mod month monthname nvl object_construct parse_json percentile_cont quarter rank ' +
  'regexp_substr round row_number rtrim split_part startswith stddev substr substring sum table to_char to_date to_number ' +
  'to_timestamp trim try_to_number upper variance year zeroifnull'

/** Snowflake's SQL as far as an editor needs it. */
export const snowflakeDialect = SQLDialect.define({
  keywords,
  types,
  builtin,
  slashComments: true,
  doubleDollarQuotedStrings: true,
  operatorChars: '*+-%<>!=&|^~/?:',
  specialVar: '$@',
  identifierQuotes: '"',
  caseInsensitiveIdentifiers: true,
})
