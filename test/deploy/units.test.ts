import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const deploy = resolve(import.meta.dirname, '..', '..', 'deploy')
const scripts = join(deploy, 'scripts')
const units = join(deploy, 'systemd')
const folder = mkdtempSync(join(tmpdir(), 'floe-units-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Why a tool cannot be run here; null when it can. With REQUIRE_ALL=1 its absence is an error. */
function missing(tool: string): string | null {
  if (spawnSync(tool, ['--version']).status === 0) return null
  if (process.env['REQUIRE_ALL'] === '1') throw new Error(`${tool} is not installed`)
  return `${tool} is not installed`
}

describe.skipIf(missing('systemd-analyze') !== null)('the units of systemd', () => {
  test('are understood word by word', () => {
    for (const name of readdirSync(units)) {
      // The program is on no machine that has not installed Floe.
      const text = readFileSync(join(units, name), 'utf8').replaceAll(
        '/opt/floe/current/node_modules/.bin/node',
        '/bin/true',
      )
      writeFileSync(join(folder, name), text)
    }
    const files = readdirSync(folder).map((name) => join(folder, name))
    expect(files).toHaveLength(3)
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', ...files], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  test.each(['floe.service', 'floe-backup.service'])('%s is exposed by less than 1.5 of 10', (name) => {
    const args = ['security', '--offline=true', '--no-pager', '--threshold=15', join(units, name)]
    const { status, stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' })
    expect({ status, verdict: stdout.trimEnd().split('\n').at(-1) }).toMatchObject({ status: 0 })
  })
})

test.skipIf(missing('shellcheck') !== null)('shellcheck finds nothing in the scripts', () => {
  const files = readdirSync(scripts).map((name) => join(scripts, name))
  const args = ['-x', '-P', scripts, ...files, join(import.meta.dirname, 'systemctl')]
  const { status, stdout } = spawnSync('shellcheck', args, { encoding: 'utf8' })
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
})
