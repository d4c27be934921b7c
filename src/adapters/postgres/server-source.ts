import { problem } from '../../core/problem.ts'
import type { ConnectionSource } from './database.ts'

/** Connections to the PostgreSQL server of a URL. Its query part may name TLS options, as `sslmode` and `sslrootcert`. */
export function makeServerSource(databaseUrl: string): ConnectionSource {
  const url = URL.parse(databaseUrl)
  const place =
    url === null ? 'PostgreSQL' : `PostgreSQL at ${url.host === '' ? 'its socket' : url.host}${url.pathname}`
  return {
    place,
    secret: url === null ? null : decodeURIComponent(url.password),
    locate: () => {
      if (url === null)
        return Promise.reject(
          problem(
            'store_unavailable',
            'DATABASE_URL is not a URL.',
            'Write it as postgres://user:password@host:5432/name.',
          ),
        )
      return Promise.resolve({
        connectionString: databaseUrl,
        application_name: 'floe',
        max: 10,
        // Also bounds the wait for a free connection of the pool.
        connectionTimeoutMillis: 4_000,
        idleTimeoutMillis: 30_000,
        query_timeout: 6_000,
        statement_timeout: 6_000,
        keepAlive: true,
        allowExitOnIdle: true,
      })
    },
    close: () => Promise.resolve(),
  }
}
