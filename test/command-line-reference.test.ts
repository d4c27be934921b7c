import type { Command } from 'commander'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CliContext } from '../src/cli/cli-io.ts'
import { exitCodeMeanings, exitCodes } from '../src/cli/exit-codes.ts'
import { makeProgram } from '../src/cli/run-cli.ts'
import { compose } from '../src/compose.ts'
import { readConfig } from '../src/config.ts'

/** Help texts are as wide as this page, whatever terminal the test runs in. */
const width = 100

function sections(command: Command, path: string): readonly string[] {
  command.configureHelp({ helpWidth: width })
  const name = `${path} ${command.name()}`.trim()
  const subcommands = command.commands.flatMap((sub) => sections(sub, name))
  const help = command.helpInformation().trimEnd()
  return [`## \`${name}\`\n\n\`\`\`text\n${help}\n\`\`\`\n`, ...subcommands]
}

// After a change of the commands: npx vitest run test/command-line-reference.test.ts -u
test('docs/command-line.md is what the program says of itself', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'floe-reference-'))
  const floe = compose(readConfig({ DATA_DIR: folder, LOG_LEVEL: 'silent' }))
  const context = { io: {}, needs: { kinds: floe.kinds, version: 'x' } } as unknown as CliContext
  const [first, ...commands] = sections(
    makeProgram(context, () => undefined),
    '',
  )
  await floe.services.close()
  rmSync(folder, { recursive: true, force: true })
  const codes = Object.entries(exitCodes).map(
    ([name, code]) => `| ${String(code).padEnd(4)} | ${exitCodeMeanings[name as keyof typeof exitCodes].padEnd(66)} |`,
  )
  const page = `# Command line

Made from the program's own help; a test compares the two. \`npx floe <command>\` runs a command, \`--json\` prints machine-readable lines and
nothing else on standard output, and everything that is not the result goes to standard error.

## Exit codes

| code | meaning                                                            |
| ---- | ------------------------------------------------------------------ |
${codes.join('\n')}

${[first, ...commands].join('\n')}`
  await expect(page).toMatchFileSnapshot('../docs/command-line.md')
})
