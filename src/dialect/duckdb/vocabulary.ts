const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Scalar macros of the sample's dialect that a translated query may call. Macros they are built from are not among them. */
export const dialectMacros = words(`
  sf_digits sf_try_digits sf_k sf_ka sf_km sf_kd sf_n sf_nc sf_tn sf_jn sf_mul sf_fdiv sf_div sf_window_average sf_between sf_wide sf_point sf_finite sf_round sf_truncate sf_defined sf_mod sf_trunc sf_floor sf_ceil sf_pow sf_haversine sf_width_bucket
  sf_number_text sf_no_minus_zero sf_v sf_get sf_member sf_element sf_json_text sf_json_number sf_as sf_vn sf_vkey sf_typeof sf_typeof_plain sf_is_whole sf_json_date sf_json_instant sf_lambda_list sf_object_once sf_parse_json sf_try_parse_json sf_to_array
  sf_to_object sf_object sf_object_all sf_object_insert sf_object_replace sf_object_delete sf_object_pick sf_s sf_only_text sf_fit sf_tb sf_try_tb sf_b
  sf_least_0 sf_least sf_lpad sf_rpad sf_reverse sf_upper sf_ascii sf_hex_decode sf_pattern
  sf_substr sf_charindex sf_insert sf_split sf_split_part sf_edit_distance sf_tokens sf_strtok sf_initcap sf_regexp_instr sf_to_ts sf_try_ts sf_to_date sf_try_date
  sf_from_epoch sf_ts sf_date sf_dt sf_keep sf_shift sf_trunc_date sf_next_day sf_previous_day sf_add_months_date sf_add_months_ts
  sf_add_months sf_months_between sf_date_from_parts sf_timestamp_from_parts sf_to_time sf_try_time sf_clock sf_zoneless sf_to_ltz sf_time_from_parts sf_only_timestamp sf_strftime sf_array_size
  sf_array_contains sf_array_position sf_array_to_string sf_array_append sf_array_prepend sf_array_cat sf_array_slice sf_array_insert
  sf_array_remove sf_array_remove_at sf_array_compact sf_array_distinct sf_array_reverse sf_array_flatten sf_array_sort sf_array_sort_down
  sf_array_min sf_array_max sf_array_intersection sf_array_except sf_arrays_overlap sf_generate_range
`)

/** Table macros of the dialect. */
export const dialectTableMacros = words('sf_flatten sf_flatten_outer sf_split_table sf_token_table')

/** DuckDB's own functions that the translator emits, operators included. Each only computes from its arguments, clock and chance apart. */
export const plainFunctions = words(`
  + - * / // % & | ~ ~~ ~~* !~~ !~~* like_escape ilike_escape not_like_escape not_ilike_escape || -> ->> xor
  typeof row struct_pack list_value nullif
  upper lower length trim ltrim rtrim lpad rpad repeat reverse replace translate ascii unicode chr contains starts_with ends_with left right
  md5 sha1 sha256 hex unhex encode decode base64 from_base64 strlen strpos substr uuid concat
  regexp_full_match regexp_extract_all regexp_replace len
  isfinite array_to_string abs round trunc floor ceil sign sqrt cbrt exp ln log factorial pi sin cos tan cot asin acos atan atan2 sinh cosh tanh asinh acosh atanh
  degrees radians random greatest least now
  date_diff date_trunc date_part epoch_us timezone time_bucket strftime strptime try_strptime make_time
  to_years to_quarters to_months to_weeks to_days to_hours to_minutes to_seconds to_milliseconds to_microseconds
  json_extract json_array json_keys json_type to_json list_sort list_filter list_transform
  count count_star sum avg min max arg_min arg_max arg_min_null arg_max_null any_value mode list string_agg quantile_cont quantile_disc
  bool_and bool_or bit_and bit_or bit_xor stddev_samp stddev_pop var_samp var_pop kurtosis skewness corr covar_samp covar_pop
  regr_slope regr_intercept regr_r2 regr_count regr_avgx regr_avgy regr_sxx regr_syy regr_sxy
  row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
`)

/** Functions that stand in FROM: rows by count, nothing that reads. */
export const plainTableFunctions = words('range')

/** Kinds of expressions, by class and, where one class holds many, by type. */
export const expressionClasses = words(
  'COLUMN_REF CONSTANT FUNCTION CAST CASE COMPARISON CONJUNCTION OPERATOR SUBQUERY WINDOW STAR LAMBDA BETWEEN',
)
export const operatorTypes = words(`
  COMPARE_IN COMPARE_NOT_IN OPERATOR_NOT OPERATOR_IS_NULL OPERATOR_IS_NOT_NULL OPERATOR_COALESCE OPERATOR_NULLIF ARRAY_EXTRACT
  ARRAY_CONSTRUCTOR GROUPING_FUNCTION OPERATOR_IS_TRUE OPERATOR_IS_FALSE OPERATOR_IS_NOT_TRUE OPERATOR_IS_NOT_FALSE
`)

export const queryTypes = words('SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE')
export const relationTypes = words('BASE_TABLE SUBQUERY JOIN TABLE_FUNCTION EXPRESSION_LIST EMPTY PIVOT')
export const modifierTypes = words('DISTINCT_MODIFIER ORDER_MODIFIER LIMIT_MODIFIER')

/** Types that a cast may name. */
export const castTypes = words(`
  BOOLEAN INTEGER BIGINT HUGEINT DECIMAL DOUBLE VARCHAR DATE TIME TIMESTAMP LIST NULL STRUCT INTERVAL
`)
/** Types known to the parser by name only. */
export const namedTypes = words('json')

/** Schemas and databases whose relations describe the engine or hold no data of the connection. */
export const systemSchemas = words('information_schema pg_catalog')
export const systemDatabases = words('memory system temp')
/** Names of the engine's own relations, which an unqualified name would reach. */
export const systemRelation = /^(duckdb_|sqlite_|pg_|pragma_)/i
