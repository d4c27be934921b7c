import snowflake, { type Connection, type ConnectionOptions, type StatementOption } from 'snowflake-sdk'

/** What a statement came to: rows of exact texts, or the driver's error. */
export interface DriverAnswer {
  readonly rows: readonly (readonly unknown[])[]
  readonly code: string | null
  readonly sqlState: string | null
  readonly message: string | null
}

/** Snowflake's Node driver as it is, to prove the doubles with. */
export interface Driver {
  readonly connection: Connection
  /** Runs a statement; a refusal is an answer, not an exception. */
  readonly run: (sqlText: string, options?: Partial<StatementOption>) => Promise<DriverAnswer>
  readonly close: () => Promise<void>
}

/** Connects the driver; throws its error. Numbers, dates and JSON come as text, rows as arrays. */
export async function openDriver(options: ConnectionOptions): Promise<Driver> {
  process.env['SNOWFLAKE_DISABLE_PLATFORM_DETECTION'] = 'true'
  snowflake.configure({ logLevel: 'OFF', additionalLogToConsole: false })
  const connection = snowflake.createConnection({ sfRetryMaxLoginRetries: 1, ...fetching, ...options })
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error === undefined || error === null ? resolve() : reject(error)))
  })
  return {
    connection,
    run: (sqlText, more = {}) =>
      new Promise((resolve) => {
        connection.execute({ sqlText, ...more, complete: (error, _statement, rows) => resolve(answerOf(error, rows)) })
      }),
    close: () =>
      new Promise((resolve) => {
        connection.destroy(() => resolve())
      }),
  }
}

const fetching = {
  fetchAsString: ['Number', 'Date', 'JSON', 'Buffer'],
  representNullAsStringNull: false,
  rowMode: 'array',
} satisfies Partial<ConnectionOptions>

const answerOf = (error: unknown, rows: unknown): DriverAnswer => {
  const { code, sqlState, message } = (error ?? {}) as Readonly<Record<string, unknown>>
  const text = (value: unknown): string | null =>
    typeof value === 'string' || typeof value === 'number' ? value.toString() : null
  return {
    rows: (rows ?? []) as readonly (readonly unknown[])[],
    code: text(code),
    sqlState: text(sqlState),
    message: text(message),
  }
}
