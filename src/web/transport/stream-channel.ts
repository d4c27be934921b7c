import { EventSourceParserStream } from 'eventsource-parser/stream'
import { apiPrefix, streamPaths } from '../../contract/api.ts'
import type { AskOnce, TurnCommand } from '../../contract/command.ts'
import { isFinalKind } from '../../contract/turn-event.ts'
import { fetchAccepted, type ApiClient } from './api-client.ts'
import { backoffMs, hasWorked, RefusedCommand, type ChannelOwner, type Position, type TurnChannel } from './channel.ts'
import { LineWatch, usualPatience, type Patience } from './line-watch.ts'
import { readFrame } from './read-frame.ts'

export interface StreamChannelNeeds {
  readonly origin: string
  readonly api: ApiClient
  readonly owner: ChannelOwner
  readonly patience?: Patience | undefined
}

/**
 * Talks to the server over plain HTTP and server-sent events, where no socket gets through. Requests have no line of their own, so a small
 * request tests from time to time whether the server can be heard; while it cannot, what is under way is given up and begun anew afterwards.
 */
export class StreamChannel implements TurnChannel {
  readonly #needs: StreamChannelNeeds
  readonly #patience: Patience
  readonly #watch: LineWatch
  readonly #closing = new AbortController()
  readonly #followed = new Set<string>()
  /** Aborted when the server cannot be heard any more, with everything that was under way. */
  #line = new AbortController()
  /** Resolves once the server is heard again; null while it is. */
  #returning: Promise<void> | null = null

  constructor(needs: StreamChannelNeeds) {
    this.#needs = needs
    this.#patience = needs.patience ?? usualPatience
    this.#watch = new LineWatch({
      patience: this.#patience,
      test: () => {
        if (this.#returning === null) this.#probe().catch(() => this.#lose())
      },
      onDead: () => this.#lose(),
    })
    needs.owner.onLink('open')
    this.#watch.hear()
  }

  async send(command: TurnCommand): Promise<void> {
    const { turns } = this.#needs.api
    switch (command.command) {
      case 'ask': {
        const response = await this.#persist((signal) => this.#ask(command.ask, signal))
        this.#followOnce(command.ask.turnId, response)
        break
      }
      case 'approve':
        await this.#persist((signal) => turns.approve(command.approve, { signal }))
        break
      case 'edit':
        await this.#persist((signal) => turns.edit(command.edit, { signal }))
        break
      case 'cancel':
        await this.#persist((signal) => turns.cancel(command.cancel, { signal }))
        break
    }
  }

  resume(position: Position): void {
    this.#followOnce(position.turnId, null)
  }

  hurry(): void {
    this.#watch.testNow()
  }

  close(): void {
    this.#watch.stop()
    this.#closing.abort()
  }

  /** Makes a request until the server answers it. What it refuses is thrown, unless an earlier attempt may have done it. */
  async #persist<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    for (let attempt = 1; ; attempt += 1) {
      const { signal } = this.#line
      try {
        this.#watch.expectReply()
        const answer = await request(AbortSignal.any([signal, this.#closing.signal]))
        this.#watch.hear()
        return answer
      } catch (error) {
        if (this.#closing.signal.aborted) throw error
        if (error instanceof RefusedCommand) {
          this.#watch.hear()
          if (hasWorked(error.problem, attempt)) return null
          throw error
        }
        await this.#settled(attempt)
      }
    }
  }

  /** Resolves once it makes sense to try again: when the server is heard again, or after a pause where it was never lost. */
  async #settled(attempt: number): Promise<void> {
    this.#watch.testNow()
    await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt - 1)))
    await this.#returning
  }

  async #probe(): Promise<void> {
    const signal = AbortSignal.any([AbortSignal.timeout(this.#patience.replyMs), this.#closing.signal])
    try {
      this.#needs.owner.onPreferences(await this.#needs.api.me.preferences(undefined, { signal }))
    } catch (error) {
      // A refusal is a word from the server as well.
      if (!(error instanceof RefusedCommand)) throw error
    }
    this.#watch.hear()
  }

  #lose(): void {
    if (this.#returning !== null || this.#closing.signal.aborted) return
    this.#watch.stop()
    this.#returning = this.#return()
    this.#needs.owner.onLink('reconnecting')
    this.#line.abort()
    this.#line = new AbortController()
  }

  async #return(): Promise<void> {
    for (let attempt = 0; !this.#closing.signal.aborted; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt)))
      const isHeard = await this.#probe().then(
        () => true,
        () => false,
      )
      if (isHeard) break
    }
    this.#returning = null
    if (!this.#closing.signal.aborted) this.#needs.owner.onLink('open')
  }

  #ask(ask: AskOnce, signal: AbortSignal): Promise<Response> {
    return fetchAccepted(this.#needs.origin + apiPrefix + streamPaths.ask, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ask),
      signal,
    })
  }

  /** The events of a turn after the last one that its owner has seen. */
  #fetchEvents(turnId: string, signal: AbortSignal): Promise<Response> {
    const position = this.#needs.owner.positions().find((each) => each.turnId === turnId)
    return fetchAccepted(this.#needs.origin + apiPrefix + streamPaths.follow.replace('{turnId}', turnId), {
      headers: { accept: 'text/event-stream', 'last-event-id': String(position?.afterSeq ?? 0) },
      signal,
    })
  }

  #followOnce(turnId: string, first: Response | null): void {
    if (this.#followed.has(turnId)) return
    this.#followed.add(turnId)
    void this.#follow(turnId, first).finally(() => this.#followed.delete(turnId))
  }

  /** Follows one turn until its last event, through every break. */
  async #follow(turnId: string, first: Response | null): Promise<void> {
    let response = first
    for (let attempt = 1; !this.#closing.signal.aborted; attempt += 1) {
      try {
        response ??= await this.#persist((signal) => this.#fetchEvents(turnId, signal))
        const { events, isOver } = await this.#hearAll(response)
        if (isOver) return
        if (events > 0) attempt = 0
      } catch (error) {
        if (error instanceof RefusedCommand) return this.#needs.owner.onLost(turnId, error.problem)
      }
      response = null
      await this.#settled(Math.max(1, attempt))
    }
  }

  /** Hands on the events of one stream; says how many there were and whether the turn's last one was among them. */
  async #hearAll(response: Response | null): Promise<{ events: number; isOver: boolean }> {
    const heard = { events: 0, isOver: false }
    if (response === null || response.body === null) return heard
    const listening = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        // Beside events a stream carries signs of life.
        this.#watch.hear()
        controller.enqueue(chunk)
      },
    })
    const decoder = new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>
    const parsed = response.body.pipeThrough(listening).pipeThrough(decoder).pipeThrough(new EventSourceParserStream())
    const reader = parsed.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return heard
      const frame = readFrame(value.data)
      if (frame.type !== 'event') continue
      heard.events += 1
      heard.isOver ||= isFinalKind(frame.event.kind)
      this.#needs.owner.onEvent(frame.event)
    }
  }
}
