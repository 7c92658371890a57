/// Functions that PostgreSQL, Flink or RisingWave have and that are refused by name (0A000), not as unknown.
let plannedFunctions: Set<String> = [
    "regexp_match", "regexp_matches", "regexp_split_to_array", "regexp_split_to_table", "to_ascii", "unistr", "normalize", "string_to_array", "string_to_table",
    "array_append", "array_cat", "array_dims", "array_fill", "array_length", "array_lower", "array_max", "array_min",
    "array_ndims", "array_position", "array_positions", "array_prepend", "array_remove", "array_replace", "array_sort",
    "array_sum", "array_to_string", "array_upper", "cardinality", "trim_array", "unnest", "generate_series",
    "generate_subscripts", "to_json", "to_jsonb", "array_to_json", "row_to_json", "json_build_array",
    "jsonb_build_array", "json_build_object", "jsonb_build_object", "json_object", "jsonb_object", "json_array_length",
    "jsonb_array_length", "json_array_elements", "jsonb_array_elements", "json_array_elements_text",
    "jsonb_array_elements_text", "json_each", "jsonb_each", "json_each_text", "jsonb_each_text", "json_object_keys",
    "jsonb_object_keys", "json_extract_path", "jsonb_extract_path", "json_extract_path_text", "jsonb_extract_path_text",
    "json_typeof", "jsonb_typeof", "jsonb_set", "jsonb_insert", "jsonb_pretty", "json_strip_nulls",
    "jsonb_strip_nulls", "jsonb_path_exists", "jsonb_path_query", "now", "clock_timestamp", "statement_timestamp",
    "transaction_timestamp", "timeofday", "current_timestamp", "current_date", "current_time", "localtimestamp",
    "localtime", "random", "gen_random_uuid", "sha224", "sha256", "sha384", "sha512", "pg_typeof", "current_user", "version", "proctime", "overlaps", "justify_year", "random_normal", "setseed",
]

let plannedOperators: Set<String> = [
    "->", "->>", "#>", "#>>", "@>", "<@", "?", "?|", "?&", "&&", "#-", "@?", "@@",
]
