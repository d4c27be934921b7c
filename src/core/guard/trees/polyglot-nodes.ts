/**
 * Nodes and fields that may be non-empty in polyglot's tree of a query. A node or field that is not listed is refused.
 * The tree of the other parser is checked for where each of them stands.
 */
const syntax = `
  Custom Exact Following Preceding Raw ToFirst ToLast add after alias alias_columns alias_explicit_as alias_first alias_keyword alias_quoted all and annotated any
  args array_func at_before base before between body boolean bracket_notation by_name case catalog changes characters collation column
  column_aliases columns concat condition connect connect_by_root copy correct_by ctes cube curly_brace_syntax decimals default default_on_null define desc
  delimiter direction distinct div dot else_ end end_side_text eq escape except exists explicit_asc explicit_method expression expressions false_value
  fetch field fields filter format frame from from_first from_for_syntax group_by grouping_sets gt gte having high hint historical_data i_like
  identifier ignore_nulls in include_nulls index information intersect interval is is_false is_null is_true j_s_o_n_extract j_s_o_n_extract_scalar
  join_mark joined_table joins keys kind kind_text lambda lateral leading_comments left length like limit literal literal_type low lt lte map_func
  match_condition match_recognize measures method method_before_size mod mul name name_column named_argument neg neq nesting_group no_parens nocycle not
  null_safe_eq null_safe_neq nulls_first num_buckets number offset on only op operand operator_comments or order_by original_name over
  parameter parameters paren partition_by pattern percent pivot pivot_alias pivot_any position position_explicit precision prior qualify
  quantifier query quoted quote_style recursive rename replace right rollup rows safe sample scale schema seed select select_where_first separator size
  span spec sql_standard_syntax star start start_side_text string_agg style sub subquery subscript substr table table_sample text this to
  top trailing_comments true_value tuple union unit unit_after_size unpivot use_inner_keyword use_outer_keyword use_sample_keyword
  use_seed_keyword using value value_column values var variant_extract when whens where_clause window_function window_name window_spec windows with
  with_ties within_group parameter_types timezone limit_ ordinality lower_bound upper_bound inclusive_bounds trailing_comma distinct_on double_colon_syntax integer_spelling type semantic_view metrics dimensions facts where_ directed deferred_condition window_frame
`

/** Fields that hold only words. They are not visited. */
const passive =
  'to parameter_types span alias_keyword data_type comments leading_comments left_comments operator_comments post_select_comments ' +
  'pre_alias_comments trailing_comments'

/** Function nodes, each with the names that Snowflake text may have used for it. */
const functions = `
  abs ABS; acos ACOS; add_months ADD_MONTHS; any_value ANY_VALUE; approx_count_distinct APPROX_COUNT_DISTINCT; array_agg ARRAY_AGG ARRAYAGG
  array_append ARRAY_APPEND; array_compact ARRAY_COMPACT; array_contains ARRAY_CONTAINS; array_distinct ARRAY_DISTINCT; array_except ARRAY_EXCEPT
  array_position ARRAY_POSITION; array_prepend ARRAY_PREPEND; array_remove ARRAY_REMOVE; array_reverse ARRAY_REVERSE; array_size ARRAY_SIZE
  array_sort ARRAY_SORT; asin ASIN; atan ATAN; atan2 ATAN ATAN2; avg AVG; bitwise_and_agg BIT_AND; bitwise_or_agg BIT_OR
  bitwise_xor_agg BIT_XOR; cast *; ceil CEIL CEILING; coalesce COALESCE IFNULL NVL; contains CONTAINS; cos COS; count COUNT; count_if COUNT_IF
  cume_dist CUME_DIST; current_schemas CURRENT_SCHEMAS; date_diff DATEDIFF TIMEDIFF TIMESTAMPDIFF; day DAY; day_of_month DAYOFMONTH; day_of_week DAYOFWEEK
  day_of_week_iso DAYOFWEEKISO; day_of_year DAYOFYEAR; degrees DEGREES; dense_rank DENSE_RANK; ends_with ENDSWITH; exp EXP; extract EXTRACT
  first FIRST; first_value FIRST_VALUE; floor FLOOR; hour HOUR; if_func IFF; initcap INITCAP; lag LAG; last LAST; last_day LAST_DAY
  last_value LAST_VALUE; lead LEAD; length LEN LENGTH; list_agg LISTAGG; ln LN; log LOG; lower LOWER; map_contains_key MAP_CONTAINS_KEY
  map_keys MAP_KEYS; max MAX; median MEDIAN; min MIN; minute MINUTE; mod_func MOD; mode MODE; month MONTH
  months_between MONTHS_BETWEEN; n_tile NTILE; next_day NEXT_DAY; nth_value NTH_VALUE; nvl NVL IFNULL; nvl2 NVL2; parse_json PARSE_JSON
  percent_rank PERCENT_RANK; pi PI; power POW POWER; quarter QUARTER; radians RADIANS; rand RANDOM; random RANDOM; rank RANK; row_number ROW_NUMBER
  second SECOND; sin SIN; sqrt SQRT; starts_with STARTSWITH; stddev STDDEV; stddev_pop STDDEV_POP; stddev_samp STDDEV_SAMP
  str_position INSTR POSITION CHARINDEX; substring SUBSTR SUBSTRING; sum SUM; tan TAN; to_json TO_JSON
  to_number TO_DECIMAL TO_NUMBER TO_NUMERIC TRY_TO_DECIMAL TRY_TO_NUMBER TRY_TO_NUMERIC; trim TRIM; try_cast TRY_CAST CAST; typeof TYPEOF
  upper UPPER; var_pop VAR_POP VARIANCE_POP; var_samp VAR_SAMP VARIANCE_SAMP; variance VARIANCE VARIANCE_SAMP; week_of_year WEEKOFYEAR WEEK
  year YEAR; regexp_like RLIKE REGEXP_LIKE; percentile_cont PERCENTILE_CONT; percentile_disc PERCENTILE_DISC
`

/** Clauses of GROUP BY that polyglot parses as calls; sqlparser parses them as clauses. */
const syntaxCalls = ['ROLLUP', 'CUBE', 'GROUPING SETS']

/** Nodes of calls that carry the name of the function. */
const calls = 'function aggregate_function method_call'

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '')

/** Builds the allow-list as lookup tables; called once for each worker. */
export function polyglotRules() {
  const functionNames = new Map(
    functions
      .split(/;|\n/)
      .map((line) => words(line))
      .flatMap(([node, ...names]) => (node === undefined ? [] : [[node, names] as const])),
  )
  return {
    functionNames,
    allowed: new Set([...words(syntax), ...words(calls), ...functionNames.keys(), 'with']),
    syntaxCalls: new Set(syntaxCalls),
    passive: new Set(words(passive)),
  }
}
export type PolyglotRules = ReturnType<typeof polyglotRules>
