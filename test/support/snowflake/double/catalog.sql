-- What SHOW answers from: the engine's own objects and the generated ones, side by side.
CREATE TABLE made_schemas (database_name TEXT, schema_name TEXT);
CREATE TABLE made_objects (
  database_name TEXT, schema_name TEXT, name TEXT, kind TEXT, comment TEXT,
  row_count BIGINT, bytes BIGINT, created_on TIMESTAMP, last_altered TIMESTAMP
);
CREATE TABLE made_columns (
  database_name TEXT, schema_name TEXT, table_name TEXT, column_name TEXT, ordinal INTEGER,
  data_type TEXT, precision INTEGER, scale INTEGER, length INTEGER, nullable BOOLEAN, comment TEXT
);
CREATE TABLE made_keys (
  database_name TEXT, schema_name TEXT, table_name TEXT, column_name TEXT, key_sequence INTEGER, kind TEXT,
  constraint_name TEXT, pk_database_name TEXT, pk_schema_name TEXT, pk_table_name TEXT, pk_column_name TEXT, pk_name TEXT
);
CREATE TABLE changes (
  database_name TEXT, schema_name TEXT, name TEXT, changed_at TIMESTAMP, PRIMARY KEY (database_name, schema_name, name)
);
CREATE TABLE query_history (
  QUERY_ID TEXT, QUERY_TEXT TEXT, QUERY_TAG TEXT, SESSION_ID BIGINT, USER_NAME TEXT, ROLE_NAME TEXT, WAREHOUSE_NAME TEXT,
  EXECUTION_STATUS TEXT, START_TIME TIMESTAMPTZ, END_TIME TIMESTAMPTZ, ERROR_CODE TEXT, ERROR_MESSAGE TEXT
);
CREATE VIEW all_schemas AS
  SELECT catalog_name AS database_name, schema_name FROM system.information_schema.schemata
  WHERE catalog_name NOT IN ('memory', 'system', 'temp', '_fs_global', '_double')
    AND schema_name NOT IN ('main', 'pg_catalog', 'information_schema', '_fs_information_schema')
  UNION ALL
  SELECT database_name, 'INFORMATION_SCHEMA' FROM duckdb_databases()
  WHERE database_name NOT IN ('memory', 'system', 'temp', '_fs_global', '_double')
  UNION ALL FROM made_schemas;
CREATE VIEW all_objects AS
  SELECT t.database_name, t.schema_name, t.table_name AS name, 'TABLE' AS kind,
    coalesce(x.comment, t.comment, '') AS comment, t.estimated_size AS row_count, t.estimated_size * 64 AS bytes,
    TIMESTAMP '2025-01-02 03:04:05' AS created_on, coalesce(c.changed_at, TIMESTAMP '2025-01-02 03:04:05') AS last_altered
  FROM duckdb_tables() t LEFT JOIN _fs_global._fs_information_schema._fs_tables_ext x
    ON x.ext_table_catalog = t.database_name AND x.ext_table_schema = t.schema_name AND x.ext_table_name = t.table_name
  LEFT JOIN changes c ON c.database_name = t.database_name AND c.schema_name = t.schema_name AND c.name = t.table_name
  WHERE t.database_name NOT IN ('memory', 'system', 'temp', '_fs_global', '_double') AND t.schema_name NOT LIKE '\_fs\_%' ESCAPE '\'
  UNION ALL
  SELECT database_name, schema_name, view_name, 'VIEW', coalesce(comment, ''), NULL, NULL,
    TIMESTAMP '2025-01-02 03:04:05', TIMESTAMP '2025-01-02 03:04:05'
  FROM duckdb_views()
  WHERE NOT internal AND database_name NOT IN ('memory', 'system', 'temp', '_fs_global', '_double') AND schema_name NOT LIKE '\_fs\_%' ESCAPE '\'
  UNION ALL FROM made_objects;
CREATE VIEW all_columns AS
  SELECT database_name, schema_name, table_name, column_name, column_index AS ordinal,
    CASE
      WHEN data_type LIKE 'DECIMAL%' OR data_type LIKE '%INT%' THEN 'FIXED'
      WHEN data_type = 'VARCHAR' THEN 'TEXT'
      WHEN data_type IN ('DOUBLE', 'FLOAT') THEN 'REAL'
      WHEN data_type = 'BLOB' THEN 'BINARY'
      WHEN data_type IN ('TIMESTAMP', 'TIMESTAMP_NS') THEN 'TIMESTAMP_NTZ'
      WHEN data_type = 'TIMESTAMP WITH TIME ZONE' THEN 'TIMESTAMP_TZ'
      WHEN data_type = 'JSON' THEN 'VARIANT'
      ELSE data_type
    END AS data_type,
    CASE WHEN data_type LIKE 'DECIMAL%' THEN numeric_precision WHEN data_type LIKE '%INT%' THEN 38 END AS precision,
    CASE WHEN data_type LIKE 'DECIMAL%' THEN numeric_scale WHEN data_type LIKE '%INT%' THEN 0 END AS scale,
    coalesce(x.ext_character_maximum_length, 16777216) AS length, is_nullable AS nullable, coalesce(comment, '') AS comment
  FROM duckdb_columns() LEFT JOIN _fs_global._fs_information_schema._fs_columns_ext x
    ON ext_table_catalog = database_name AND ext_table_schema = schema_name AND ext_table_name = table_name AND ext_column_name = column_name
  WHERE database_name NOT IN ('memory', 'system', 'temp', '_fs_global', '_double') AND schema_name NOT LIKE '\_fs\_%' ESCAPE '\'
  UNION ALL FROM made_columns;
CREATE VIEW all_keys AS
  SELECT database_name, schema_name, table_name, unnest(constraint_column_names) AS column_name,
    generate_subscripts(constraint_column_names, 1) AS key_sequence, constraint_type AS kind,
    'SYS_CONSTRAINT_' || md5(database_name || schema_name || table_name || constraint_text) AS constraint_name,
    database_name AS pk_database_name, schema_name AS pk_schema_name, referenced_table AS pk_table_name,
    unnest(referenced_column_names) AS pk_column_name, 'SYS_CONSTRAINT_' || md5(database_name || schema_name || referenced_table) AS pk_name
  FROM duckdb_constraints()
  WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')
    AND database_name NOT IN ('memory', 'system', 'temp', '_fs_global', '_double') AND schema_name NOT LIKE '\_fs\_%' ESCAPE '\'
  UNION ALL FROM made_keys;

-- What each SHOW prints, in the order of Snowflake's columns.
CREATE VIEW show_databases AS
  SELECT DISTINCT TIMESTAMP '2025-01-02 03:04:05' AS created_on, database_name AS name, 'N' AS is_default, 'N' AS is_current, '' AS origin,
    'SYSADMIN' AS owner, '' AS comment, '' AS options, '1' AS retention_time, 'STANDARD' AS kind, 'ROLE' AS owner_role_type
  FROM all_schemas;
CREATE VIEW show_schemas AS
  SELECT TIMESTAMP '2025-01-02 03:04:05' AS created_on, schema_name AS name, 'N' AS is_default, 'N' AS is_current, database_name,
    'SYSADMIN' AS owner, '' AS comment, '' AS options, '1' AS retention_time, 'ROLE' AS owner_role_type
  FROM all_schemas;
CREATE VIEW show_objects AS
  SELECT created_on, name, database_name, schema_name, kind, comment, '' AS cluster_by, row_count AS rows, bytes,
    'SYSADMIN' AS owner, '1' AS retention_time, 'ROLE' AS owner_role_type
  FROM all_objects;
CREATE VIEW show_tables AS FROM show_objects WHERE kind = 'TABLE';
CREATE VIEW show_views AS
  SELECT created_on, name, kind, '' AS reserved, database_name, schema_name, 'SYSADMIN' AS owner, comment, '' AS text,
    'false' AS is_secure, 'false' AS is_materialized, 'ROLE' AS owner_role_type
  FROM all_objects WHERE kind = 'VIEW';
CREATE VIEW show_columns AS
  SELECT table_name, schema_name, column_name,
    CASE data_type
      WHEN 'FIXED' THEN format('{{"type":"FIXED","precision":{},"scale":{},"nullable":{}}}', precision, scale, nullable)
      WHEN 'TEXT' THEN
        format('{{"type":"TEXT","length":{},"byteLength":{},"nullable":{},"fixed":false}}', length, least(length * 4, 16777216), nullable)
      ELSE format('{{"type":"{}","nullable":{}}}', data_type, nullable)
    END AS data_type,
    CASE WHEN nullable THEN 'true' ELSE 'NOT_NULL' END AS "null?", '' AS "default", 'COLUMN' AS kind, '' AS expression, comment,
    database_name, '' AS autoincrement, ordinal
  FROM all_columns;
CREATE VIEW show_primary_keys AS
  SELECT TIMESTAMP '2025-01-02 03:04:05' AS created_on, database_name, schema_name, table_name, column_name, key_sequence,
    constraint_name, 'false' AS rely, NULL::TEXT AS comment
  FROM all_keys WHERE kind = 'PRIMARY KEY';
CREATE VIEW show_unique_keys AS
  SELECT TIMESTAMP '2025-01-02 03:04:05' AS created_on, database_name, schema_name, table_name, column_name, key_sequence,
    constraint_name, 'false' AS rely, NULL::TEXT AS comment
  FROM all_keys WHERE kind = 'UNIQUE';
CREATE VIEW show_imported_keys AS
  SELECT TIMESTAMP '2025-01-02 03:04:05' AS created_on, pk_database_name, pk_schema_name, pk_table_name, pk_column_name,
    database_name AS fk_database_name, schema_name AS fk_schema_name, table_name AS fk_table_name, column_name AS fk_column_name,
    key_sequence, 'NO ACTION' AS update_rule, 'NO ACTION' AS delete_rule, constraint_name AS fk_name, pk_name,
    'NOT DEFERRABLE' AS deferrability, 'false' AS rely, NULL::TEXT AS comment
  FROM all_keys WHERE kind = 'FOREIGN KEY';
