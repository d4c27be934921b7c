import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../../..')
const home = join(root, '.cache/snowflake-double')

/** The Python of the virtual environment that `install.sh` makes. */
export const doublePython = join(home, 'bin/python')

/** Where that Python keeps what it compiled of ours. */
export const pythonCache = join(home, 'pycache')

/** Why the Snowflake double cannot be started here; null when it can. With REQUIRE_ALL=1 its absence is an error. */
export function snowflakeDoubleMissing(): string | null {
  const stamp = join(home, 'installed')
  const wanted = createHash('sha256')
    .update(readFileSync(join(import.meta.dirname, 'requirements.txt')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8').startsWith(wanted)) return null
  const reason = 'the Snowflake double is not installed: run test/support/snowflake/install.sh'
  if (process.env['REQUIRE_ALL'] === '1') throw new Error(reason)
  return reason
}
