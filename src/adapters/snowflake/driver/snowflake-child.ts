import { endWithParent } from '../../processes/end-with-parent.ts'
import type { FromChild, ToChild } from './child-protocol.ts'
import { serveAccount, type ServedAccount } from './serve-account.ts'

const send = (message: FromChild): void => {
  if (process.connected) process.send?.(message)
}

/** Without its parent the process still cancels what runs in Snowflake, and ends after this long in any case. */
const lastWordsMs = 2_000

/** The process that owns the driver and its global state. It is started by `start-child.ts` and talks over its channel only. */
function main(): void {
  endWithParent({ graceMs: lastWordsMs })
  let account: ServedAccount | null = null
  process.on('disconnect', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), lastWordsMs)
    void account?.close().finally(() => process.kill(process.pid, 'SIGKILL'))
    if (account === null) process.kill(process.pid, 'SIGKILL')
  })
  process.on('message', (message: ToChild) => {
    if (message.kind === 'open') {
      account = serveAccount(message.settings, send)
      send({ kind: 'opened' })
    } else account?.hear(message)
  })
}

main()
