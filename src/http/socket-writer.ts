import type { WebSocket } from 'ws'

/** Sends text over a socket without letting unsent text pile up. */
export interface SocketWriter {
  /** Resolves when there is room for more; false once the socket is closing and takes nothing. */
  send(text: string): Promise<boolean>
}

/** Makes a writer that lets at most about `maxBufferedBytes` wait in the process before its callers have to. */
export function makeSocketWriter(socket: WebSocket, maxBufferedBytes: number): SocketWriter {
  return {
    async send(text) {
      if (socket.readyState !== socket.OPEN) return false
      const flushed = new Promise<void>((resolve) => socket.send(text, () => resolve()))
      if (socket.bufferedAmount > maxBufferedBytes) await flushed
      return socket.readyState === socket.OPEN
    },
  }
}
