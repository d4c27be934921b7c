/**
 * Where the sample's dialect macros live in DuckDB: the main schema of the in-memory database that other databases are
 * attached to. Calls are qualified with it, so `USE` of another database neither hides nor shadows them.
 */
export const dialectSchema = 'memory.main'
