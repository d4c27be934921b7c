declare const guarded: unique symbol

/** SQL in Snowflake's dialect that passed the guard. Only `makeGuard` makes one; a plain string does not compile in its place. */
export type ReadOnlySql = string & { readonly [guarded]: true }
