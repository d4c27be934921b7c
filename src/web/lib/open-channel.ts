import { makeSocketChannel } from './socket-channel.ts'
import { makeStreamChannel } from './stream-channel.ts'
import { problemOf, RefusedCommand, type ChannelOwner, type TurnChannel } from './turn-channel.ts'

/** Opens the way to the server: a socket, or plain HTTP once it is clear that sockets do not get through and HTTP does. */
export function openChannel(origin: string, owner: ChannelOwner): TurnChannel {
  const base = `${origin}/api/v1`
  const socket = makeSocketChannel({
    url: `${base.replace(/^http/, 'ws')}/socket`,
    owner,
    onUnavailable: () => void fallBack(),
  })
  let channel = socket
  const waiting: { run: (to: TurnChannel) => Promise<void>; resolve: () => void; reject: (error: unknown) => void }[] =
    []

  const fallBack = async (): Promise<void> => {
    const reachable = await fetch(`${base}/app`).then(
      (response) => response.ok,
      () => false,
    )
    if (!reachable || channel !== socket) return
    socket.close()
    channel = makeStreamChannel({ base, owner })
    for (const command of waiting.splice(0)) command.run(channel).then(command.resolve, command.reject)
  }

  /** A command given while it is still open which way works goes to the socket and, if that never opens, over HTTP. */
  const send = (run: (to: TurnChannel) => Promise<void>): Promise<void> =>
    new Promise((resolve, reject) => {
      const command = { run, resolve, reject }
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
    ask: (ask) => send((to) => to.ask(ask)),
    approve: (approve) => send((to) => to.approve(approve)),
    edit: (edit) => send((to) => to.edit(edit)),
    cancel: (cancel) => send((to) => to.cancel(cancel)),
    resume: (position) => channel.resume(position),
    hurry: () => channel.hurry(),
    close: () => channel.close(),
  }
}
