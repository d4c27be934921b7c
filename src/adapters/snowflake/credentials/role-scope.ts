/** The OAuth scope of one role. A role whose name Snowflake's scope grammar does not take as it is goes percent-encoded. */
export const roleScope = (role: string): string =>
  /^[A-Za-z_][A-Za-z0-9_$]*$/.test(role) ? `session:role:${role}` : `session:role-encoded:${encodeURIComponent(role)}`
