import { makeSocketChannel } from './socket-channel.ts'
import { makeStreamChannel } from './stream-channel.ts'
import { problemOf, RefusedCommand, type ChannelOwner, type TurnChannel } from './turn-channel.ts'

/** A command whose answer has not come. */
interface Waiting {
  readonly run: (to: TurnChannel) => Promise<void>
  /** The turn it asks; null for other commands. */
  readonly asks: string | null
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Opens the way to the server: a socket, or plain HTTP once it is clear that sockets do not get through and HTTP does. */
export function openChannel(origin: string, owner: ChannelOwner): TurnChannel {
  const base = `${origin}/api/v1`
  const socket = makeSocketChannel({
    url: `${base.replace(/^http/, 'ws')}/socket`,
    owner,
    onUnavailable: () => void fallBack(),
  })
  let channel = socket
  const waiting: Waiting[] = []

  const fallBack = async (): Promise<void> => {
    const reachable = await fetch(`${base}/app`).then(
      (response) => response.ok,
      () => false,
    )
    if (!reachable || channel !== socket) return
    socket.close()
    channel = makeStreamChannel({ base, owner })
    // A turn that is yet to be asked is followed by asking it.
    const asked = new Set(waiting.map((command) => command.asks))
    for (const position of owner.positions()) if (!asked.has(position.turnId)) channel.resume(position)
    for (const command of waiting.splice(0)) command.run(channel).then(command.resolve, command.reject)
  }

  /** A command given while it is still open which way works goes to the socket and, if that never opens, over HTTP. */
  const send = (run: Waiting['run'], asks: string | null = null): Promise<void> =>
    new Promise((resolve, reject) => {
      const command = { run, asks, resolve, reject }
      const settle = (done: () => void) => () => {
        const at = waiting.indexOf(command)
        if (at >= 0) waiting.splice(at, 1)
        done()
      }
      if (channel === socket) waiting.push(command)
      run(channel).then(settle(resolve), (error: unknown) =>
        settle(() => reject(new RefusedCommand(problemOf(error))))(),
      )
    })

  return {
    ask: (ask) => send((to) => to.ask(ask), ask.turnId),
    approve: (approve) => send((to) => to.approve(approve)),
    edit: (edit) => send((to) => to.edit(edit)),
    cancel: (cancel) => send((to) => to.cancel(cancel)),
    resume: (position) => channel.resume(position),
    hurry: () => channel.hurry(),
    close: () => channel.close(),
  }
}
