import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { join } from 'node:path'
import { protocol } from '@electric-sql/pglite'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { eventsUpTo, newTurn } from '../../../../test/support/turn-store-suite.ts'
import { sql } from '../drizzle.ts'
import { localUserId } from '../local-user.ts'
import {
  acknowledged,
  lostEvents,
  openStore,
  startWriter,
  temporaryFolder,
  testTemplate,
  type WriterProcess,
} from '../store.test-support.ts'
import { readOwnerRecord } from './folder-owner.ts'

let templatePath: string
beforeAll(async () => {
  templatePath = await testTemplate()
})

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
})

const freshFolder = (): string => {
  const folder = temporaryFolder()
  cleanups.push(folder.remove)
  return folder.path
}
const open = (dataDir: string, archive: string = templatePath) => {
  const opened = openStore({ dataDir, templatePath: archive })
  cleanups.push(opened.close)
  return opened
}
const write = (dataDir: string, events: number): WriterProcess => {
  const writer = startWriter({ dataDir, templatePath, events })
  cleanups.push(async () => {
    writer.process.kill('SIGKILL')
    await writer.ended
  })
  return writer
}

// Each opens the database several times in several processes, which takes long where the machine is busy.
describe('several processes on one folder', { timeout: 180_000 }, () => {
  test('three that start at once keep every row, and one of them at a time owns the folder', async () => {
    const dataDir = freshFolder()
    const writers = [write(dataDir, 60), write(dataDir, 60), write(dataDir, 60)]
    expect(await Promise.all(writers.map(({ ended }) => ended))).toEqual([0, 0, 0])
    const expected = acknowledged(writers)
    expect([...expected.values()]).toEqual([60, 60, 60])
    expect(await lostEvents(open(dataDir).store, expected)).toEqual([])
  })

  test('guests go on when the owner leaves: one of them takes over', async () => {
    const dataDir = freshFolder()
    const owner = openStore({ dataDir, templatePath })
    const turn = newTurn(localUserId)
    await owner.store.createTurn(turn)
    const first = readOwnerRecord(dataDir)?.pid
    const [guest, other] = [open(dataDir), open(dataDir)]
    await guest.store.append(localUserId, turn.id, eventsUpTo(1, 1), 'running')
    expect((await other.store.readTurn(localUserId, turn.id))?.lastSeq).toBe(1)
    expect(readOwnerRecord(dataDir)?.pid).toBe(first)
    await owner.close()
    await Promise.all([guest.store.readTurn(localUserId, turn.id), other.store.readTurn(localUserId, turn.id)])
    await guest.store.append(localUserId, turn.id, eventsUpTo(2, 2), 'done')
    expect(await other.store.readEvents(localUserId, turn.id, 0)).toHaveLength(2)
    expect(readOwnerRecord(dataDir)?.pid).not.toBe(first)
  })

  test.each([1, 2, 3])(
    'kill -9 of the engine in the middle of writing loses nothing stored (round %i)',
    async (round) => {
      const dataDir = freshFolder()
      const writers = [write(dataDir, 1_000_000), write(dataDir, 1_000_000)]
      for (let kill = 0; kill < 2; kill += 1) {
        await Promise.all(writers.map(({ said, words }) => said(words.length + 5 * round + 3)))
        process.kill(readOwnerRecord(dataDir)?.pid ?? 0, 'SIGKILL')
      }
      await Promise.all(writers.map(({ said, words }) => said(words.length + 3)))
      for (const writer of writers) writer.process.kill('SIGKILL')
      await Promise.all(writers.map(({ ended }) => ended))
      const { store } = open(dataDir)
      const expected = acknowledged(writers)
      expect(expected.size).toBe(2)
      expect(await lostEvents(store, expected)).toEqual([])
      expect((await store.findOrphans(() => true)).map(({ turnId }) => turnId).toSorted()).toEqual(
        [...expected.keys()].toSorted(),
      )
    },
  )

  test('kill -9 of every process in the middle of writing loses nothing stored', async () => {
    const dataDir = freshFolder()
    const writers = [write(dataDir, 1_000_000), write(dataDir, 1_000_000)]
    await Promise.all(writers.map(({ said }) => said(20)))
    process.kill(readOwnerRecord(dataDir)?.pid ?? 0, 'SIGKILL')
    for (const writer of writers) writer.process.kill('SIGKILL')
    await Promise.all(writers.map(({ ended }) => ended))
    expect(await lostEvents(open(dataDir).store, acknowledged(writers))).toEqual([])
  })
})

describe('statements of several connections', () => {
  const { serialize } = protocol
  const folder = temporaryFolder()
  const dataDir = folder.path
  let shared: ReturnType<typeof openStore>
  beforeAll(async () => {
    shared = openStore({ dataDir, templatePath })
    await shared.database.ready()
  })
  afterAll(() => shared.close().finally(folder.remove))
  const connect = async (): Promise<Socket> => {
    const socket = createConnection(join(dataDir, '.s.PGSQL.5432'))
    cleanups.push(() => void socket.destroy())
    socket.write(serialize.startup({ user: 'postgres', database: 'postgres' }))
    await once(socket, 'data')
    return socket
  }

  test('are kept apart, though one comes between the parts of another', async () => {
    const [slow, quick] = [await connect(), await connect()]
    const end = [serialize.bind({}), serialize.execute({}), serialize.sync()]
    const answerOf = async (socket: Socket): Promise<string> => {
      let answer = ''
      while (!answer.includes('Z\0\0\0')) answer += String((await once(socket, 'data'))[0])
      return answer
    }
    for (let round = 0; round < 20; round += 1) {
      slow.write(Buffer.concat([serialize.parse({ text: `select 'slow ${round}'` }), serialize.flush()]))
      await once(slow, 'data')
      quick.write(Buffer.concat([serialize.parse({ text: `select 'quick ${round}'` }), ...end]))
      slow.write(Buffer.concat(end))
      const [slowAnswer, quickAnswer] = await Promise.all([answerOf(slow), answerOf(quick)])
      expect(slowAnswer).toContain(`slow ${round}`)
      expect(quickAnswer).toContain(`quick ${round}`)
    }
  })

  test.each([
    ['after the first part', [serialize.parse({ text: 'select 1' })]],
    ['after a part that failed', [serialize.parse({ text: 'select wrong from nowhere' })]],
    ['in a transaction', [serialize.query('begin'), serialize.parse({ text: 'select 1' })]],
    ['within a part', [serialize.parse({ text: 'select 1' }).subarray(0, 9)]],
  ])('one that breaks off %s does not hold up the others', async (_, parts) => {
    const socket = await connect()
    socket.end(Buffer.concat(parts))
    socket.resume()
    await once(socket, 'close')
    const { rows } = await shared.database.run((statements) => statements.execute(sql`select 1 as one`))
    expect(rows).toEqual([{ one: 1 }])
  })
})

describe('what an owner leaves behind', () => {
  test.each([
    ['a living process of another program', JSON.stringify({ pid: process.ppid, socketDir: '/nonexistent' })],
    ['a process that is gone', JSON.stringify({ pid: 2_147_483_646, socketDir: '/nonexistent' })],
    ['half a record', '{"pid": 1'],
    ['an empty record', ''],
  ])('a record that names %s does not stand in the way', async (_, record) => {
    const dataDir = freshFolder()
    writeFileSync(join(dataDir, 'owner.pid'), record)
    await open(dataDir).database.ready()
    expect(readOwnerRecord(dataDir)?.socketDir).toBe(dataDir)
  })

  test('a closed database leaves neither record nor socket', async () => {
    const dataDir = freshFolder()
    const { database, faults } = openStore({ dataDir, templatePath })
    await database.ready()
    expect(existsSync(join(dataDir, '.s.PGSQL.5432'))).toBe(true)
    await database.close()
    expect(readdirSync(dataDir).toSorted()).toEqual(['made-by.json', 'owner.lock', 'pg'])
    expect(faults).toEqual([])
  })

  test('only its owner can enter the folder', async () => {
    const dataDir = join(freshFolder(), 'made', 'for us')
    await open(dataDir).database.ready()
    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
    expect(statSync(join(dataDir, 'owner.pid')).mode & 0o777).toBe(0o600)
  })
})

test('a path too long for a socket gets a private one in the temporary folder, which goes with its owner', async () => {
  const dataDir = join(freshFolder(), 'long'.repeat(40))
  const owner = openStore({ dataDir, templatePath })
  const turn = newTurn(localUserId)
  await owner.store.createTurn(turn)
  const { socketDir = '' } = readOwnerRecord(dataDir) ?? {}
  expect(socketDir).not.toBe(dataDir)
  expect(statSync(socketDir).mode & 0o777).toBe(0o700)
  const guest = open(dataDir)
  expect(await guest.store.readTurn(localUserId, turn.id)).not.toBeNull()

  await owner.close()
  expect(existsSync(socketDir)).toBe(false)
  expect(await guest.store.readTurn(localUserId, turn.id)).not.toBeNull()
  const { pid = 0, socketDir: second = '' } = readOwnerRecord(dataDir) ?? {}
  process.kill(pid, 'SIGKILL')
  expect(await guest.store.readTurn(localUserId, turn.id)).not.toBeNull()
  expect(readOwnerRecord(dataDir)?.socketDir).not.toBe(second)
  expect(existsSync(second)).toBe(false)
})

test('without a template a fresh folder is made anew', async () => {
  const dataDir = freshFolder()
  const { store } = open(dataDir, join(dataDir, 'no-such-template.tar.gz'))
  const turn = newTurn(localUserId)
  await store.createTurn(turn)
  expect(await store.readTurn(localUserId, turn.id)).not.toBeNull()
  expect(readFileSync(join(dataDir, 'pg', 'PG_VERSION'), 'utf8').trim()).toBe('18')
})
