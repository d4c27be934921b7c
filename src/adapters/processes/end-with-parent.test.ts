import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'

/** A parent and its child, which share one standard error: that stream closes when both have ended. */
async function startFamily(
  behaviour: string,
): Promise<{ readonly parent: ChildProcess; readonly said: Promise<string> }> {
  const parent = fork(new URL('./end-with-parent.test-child.ts', import.meta.url), ['parent', behaviour], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const said = parent.stderr === null ? Promise.resolve('') : text(parent.stderr)
  await once(parent, 'message')
  return { parent, said }
}

describe('a child process', () => {
  test.each([
    'blocks its main thread',
    'waits for messages',
    'sends all the time',
    'starts after the end of its parent',
  ])('that %s ends after its parent was killed', async (behaviour) => {
    const { parent, said } = await startFamily(behaviour)
    parent.kill('SIGKILL')
    expect(await said).toBe('')
  })

  test('with an uncaught error says where, without its words, and ends without waiting for its threads', async () => {
    const { parent, said } = await startFamily('throws')
    const exit = once(parent, 'exit')
    parent.send('go')
    expect(await exit).toEqual([9, null])
    expect(await said).toMatch(/^A defect ended the process: Error at .*end-with-parent\.test-child\.ts/)
    expect(await said).not.toContain('a defect')
  })

  test.skipIf(!existsSync('/proc/self/oom_score_adj'))('ends before its parent when memory is short', async () => {
    const { parent, said } = await startFamily('waits for messages')
    const scoreOf = (pid: number | string): number => Number(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8'))
    const [child = ''] = readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8').split(' ')
    expect([scoreOf(child), scoreOf(parent.pid ?? 0)]).toEqual([800, scoreOf('self')])
    parent.kill('SIGKILL')
    expect(await said).toBe('')
  })

  test('ignores what a terminal sends to the whole process group', async () => {
    const { parent, said } = await startFamily('echoes')
    const answer = once(parent, 'message')
    parent.send('still there')
    expect(await answer).toEqual(['still there', undefined])
    parent.kill('SIGKILL')
    await said
  })
})
