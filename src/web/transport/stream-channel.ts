import { EventSourceParserStream } from 'eventsource-parser/stream'
import { apiPrefix, streamPaths } from '../../contract/api.ts'
import type { AskOnce, TurnCommand } from '../../contract/command.ts'
import { isFinalKind } from '../../contract/turn-event.ts'
import { fetchAccepted, type ApiClient } from './api-client.ts'
import { backoffMs, RefusedCommand, type ChannelOwner, type Position, type TurnChannel } from './channel.ts'
import { readFrame } from './read-frame.ts'

export interface StreamChannelNeeds {
  readonly origin: string
  readonly api: ApiClient
  readonly owner: ChannelOwner
}

/** Talks to the server over plain HTTP and server-sent events, where no socket gets through. */
export class StreamChannel implements TurnChannel {
  readonly #needs: StreamChannelNeeds
  readonly #closing = new AbortController()
  readonly #followed = new Set<string>()

  constructor(needs: StreamChannelNeeds) {
    this.#needs = needs
    needs.owner.onLink('open')
  }

  async send(command: TurnCommand): Promise<void> {
    const { turns } = this.#needs.api
    const { signal } = this.#closing
    switch (command.command) {
      case 'ask': {
        const response = await this.#ask(command.ask)
        this.#followOnce(command.ask.turnId, () => Promise.resolve(response))
        break
      }
      case 'approve':
        await turns.approve(command.approve, { signal })
        break
      case 'edit':
        await turns.edit(command.edit, { signal })
        break
      case 'cancel':
        await turns.cancel(command.cancel, { signal })
        break
    }
  }

  resume(position: Position): void {
    this.#followOnce(position.turnId, () => this.#fetchEvents(position))
  }

  hurry(): void {
    // Every stream is its own request; there is no idle link to test.
  }

  close(): void {
    this.#closing.abort()
  }

  #ask(ask: AskOnce): Promise<Response> {
    return fetchAccepted(this.#needs.origin + apiPrefix + streamPaths.ask, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ask),
      signal: this.#closing.signal,
    })
  }

  #fetchEvents({ turnId, afterSeq }: Position): Promise<Response> {
    const path = streamPaths.follow.replace('{turnId}', turnId)
    return fetchAccepted(this.#needs.origin + apiPrefix + path, {
      headers: { accept: 'text/event-stream', 'last-event-id': String(afterSeq) },
      signal: this.#closing.signal,
    })
  }

  #followOnce(turnId: string, first: () => Promise<Response>): void {
    if (this.#followed.has(turnId)) return
    this.#followed.add(turnId)
    void this.#follow(turnId, first()).finally(() => this.#followed.delete(turnId))
  }

  /** Follows one turn until its last event, through every break. */
  async #follow(turnId: string, first: Promise<Response>): Promise<void> {
    const { owner } = this.#needs
    const { signal } = this.#closing
    let next = first
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        const response = await next
        owner.onLink('open')
        const { events, isOver } = await hearAll(response, owner)
        if (isOver) return
        if (events > 0) attempt = 0
      } catch (error) {
        if (error instanceof RefusedCommand) return owner.onLost(turnId, error.problem)
      }
      if (signal.aborted) return
      owner.onLink('reconnecting')
      await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt)))
      const position = owner.positions().find((each) => each.turnId === turnId)
      next = this.#fetchEvents({ turnId, afterSeq: position?.afterSeq ?? 0 })
    }
  }
}

/** Hands on the events of one stream; says how many there were and whether the turn's last one was among them. */
async function hearAll({ body }: Response, owner: ChannelOwner): Promise<{ events: number; isOver: boolean }> {
  const heard = { events: 0, isOver: false }
  if (body === null) return heard
  const decoder = new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>
  const reader = body.pipeThrough(decoder).pipeThrough(new EventSourceParserStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return heard
    const frame = readFrame(value.data)
    if (frame.type !== 'event') continue
    heard.events += 1
    heard.isOver ||= isFinalKind(frame.event.kind)
    owner.onEvent(frame.event)
  }
}
