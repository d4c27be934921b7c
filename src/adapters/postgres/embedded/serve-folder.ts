import { join } from 'node:path'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import { openPglite } from './open-pglite.ts'
import { removeOwnerRecord, socketName, writeOwnerRecord } from './owner-record.ts'
import { clusterOf } from './prepare-folder.ts'
import { makeSocketFolder, removeSocketFolder } from './socket-folder.ts'

const checkpointEveryMs = 60_000
const maxConnections = 100

interface Service {
  readonly socketDir: string
  /** Ends every connection, writes everything down, removes socket and record. */
  stop(): Promise<void>
}

/** Serves the database of a folder on a socket. The caller holds the folder's lock. */
export async function serveFolder(dir: string, giveUp: (reason: string) => void): Promise<Service> {
  const { db, watch } = await openPglite(clusterOf(dir))
  watch(giveUp)
  const socketDir = makeSocketFolder(dir)
  const server = new PGLiteSocketServer({ db, path: join(socketDir, socketName), maxConnections })
  await server.start()
  writeOwnerRecord(dir, { pid: process.pid, socketDir })
  const timer = setInterval(() => {
    db.checkpoint().catch((error: unknown) => giveUp(String(error)))
  }, checkpointEveryMs)
  return {
    socketDir,
    stop: async () => {
      clearInterval(timer)
      removeOwnerRecord(dir)
      await server.stop()
      await db.close()
      removeSocketFolder(dir, socketDir)
    },
  }
}
