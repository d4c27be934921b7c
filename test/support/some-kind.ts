import { makeSnowflakeKind } from '../../src/adapters/snowflake/snowflake-kind.ts'

const unused = (): never => {
  throw new Error('nothing here opens a connection')
}

/** The kind of Snowflake's connections, for what the command line reads of it: nothing is stored, asked or opened. */
export const someKind = makeSnowflakeKind({
  store: new Proxy({}, { get: unused }) as never,
  catalogs: { read: unused, write: unused },
  secrets: new Proxy({}, { get: unused }) as never,
  clock: new Proxy({}, { get: unused }) as never,
  workload: null,
  allowLoopback: false,
  egress: [],
  environment: {},
  onFault: unused,
})
