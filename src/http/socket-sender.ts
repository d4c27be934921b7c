import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { maxBufferedBytes } from './limits.ts'

/** Sends text; resolves when there is room for more, and with false once the socket takes nothing any more. */
export type Send = (text: string) => Promise<boolean>

/**
 * Makes a sender whose callers wait while much is still unsent, so that a slow client does not fill the memory. What is sent in one turn of the
 * event loop leaves in one write of `connection`, the connection below the socket: steps often end and begin together.
 */
export function makeSender(socket: WebSocket, connection: Socket): Send {
  let isHeld = false
  const release = (): void => {
    isHeld = false
    connection.uncork()
  }
  return async (text) => {
    if (socket.readyState !== socket.OPEN) return false
    if (!isHeld) {
      isHeld = true
      connection.cork()
      setImmediate(release)
    }
    const flushed = new Promise<void>((resolve) => socket.send(text, () => resolve()))
    if (socket.bufferedAmount > maxBufferedBytes) await flushed
    return socket.readyState === socket.OPEN
  }
}
