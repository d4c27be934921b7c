import { apiPrefix, streamPaths } from '../../contract/api.ts'
import type { TurnCommand } from '../../contract/command.ts'
import type { ApiClient } from './api-client.ts'
import { problemOf, RefusedCommand, type ChannelOwner, type Position, type TurnChannel } from './channel.ts'
import type { Patience } from './line-watch.ts'
import { SocketChannel } from './socket-channel.ts'

export interface OpenChannelNeeds {
  readonly origin: string
  readonly api: ApiClient
  readonly owner: ChannelOwner
  /** Shorter in tests. */
  readonly patience?: Patience
}

/** Opens the connection to the server: a socket, or plain HTTP once it is clear that sockets do not get through and HTTP does. */
export const openChannel = (needs: OpenChannelNeeds): TurnChannel => new EitherChannel(needs)

/** A command whose answer has not come. */
interface Waiting {
  readonly command: TurnCommand
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

class EitherChannel implements TurnChannel {
  readonly #needs: OpenChannelNeeds
  readonly #socket: SocketChannel
  readonly #waiting = new Set<Waiting>()
  #channel: TurnChannel

  constructor(needs: OpenChannelNeeds) {
    const { origin, owner, patience } = needs
    this.#needs = needs
    this.#socket = new SocketChannel({
      url: origin.replace(/^http/, 'ws') + apiPrefix + streamPaths.socket,
      owner,
      onUnavailable: () => void this.#fallBack(),
      patience,
    })
    this.#channel = this.#socket
  }

  /** A command given while it is still open which transport works goes to the socket and, if that never opens, over HTTP. */
  send(command: TurnCommand): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = { command, resolve, reject }
      if (this.#channel === this.#socket) this.#waiting.add(waiting)
      this.#pass(waiting)
    })
  }

  resume(position: Position): void {
    this.#channel.resume(position)
  }

  hurry(): void {
    this.#channel.hurry()
  }

  close(): void {
    this.#channel.close()
  }

  #pass(waiting: Waiting): void {
    this.#channel.send(waiting.command).then(
      () => {
        this.#waiting.delete(waiting)
        waiting.resolve()
      },
      (error: unknown) => {
        this.#waiting.delete(waiting)
        waiting.reject(new RefusedCommand(problemOf(error)))
      },
    )
  }

  async #fallBack(): Promise<void> {
    const { api, origin, owner, patience } = this.#needs
    // Fetched only where it is needed. Where the server cannot be reached, the socket's next failure leads here again.
    const found = await Promise.all([import('./stream-channel.ts'), api.app()]).catch(() => null)
    if (found === null || this.#channel !== this.#socket) return
    const [{ StreamChannel }] = found
    this.#socket.close()
    this.#channel = new StreamChannel({ origin, api, owner, patience })
    const commands = [...this.#waiting]
    // A turn that is yet to be asked is followed by asking it.
    const asked = new Set(commands.map(({ command }) => (command.command === 'ask' ? command.ask.turnId : null)))
    for (const position of owner.positions()) if (!asked.has(position.turnId)) this.resume(position)
    for (const waiting of commands) this.#pass(waiting)
  }
}
