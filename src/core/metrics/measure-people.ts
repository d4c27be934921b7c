import { AuditAction } from '../../contract/audit.ts'
import { ModelProvider, type ModelPrice } from '../../contract/models.ts'
import { problemCodes, type ProblemCode } from '../../contract/problem.ts'
import { dollarsOf } from '../models/model-use.ts'
import type { Audit } from '../people/audit.ts'
import { SignInFailure, type SignIn } from '../people/sign-in.ts'
import { waitBounds, type Meter } from '../ports/meter.ts'
import type { TokenUse } from '../ports/writer.ts'
import { presentProblem } from '../problem.ts'

/** An audit whose entries are counted by what was done; by whom and to what stays in the audit. */
export function measureAudit(audit: Audit, meter: Meter): Audit {
  const entries = meter.counter({
    name: 'floe_audit_entries_total',
    help: 'Entries of the audit, by what was done.',
    labels: { action: AuditAction.options },
  })
  return {
    ...audit,
    note: async (actor, action, facts) => {
      await audit.note(actor, action, facts)
      entries({ action })
    },
  }
}

/** Sign-ins that are counted by how they ended. */
export function measureSignIn(signIn: SignIn, meter: Meter): SignIn {
  const ended = meter.counter({
    name: 'floe_sign_ins_total',
    help: 'Sign-ins that people came back from or could not begin, by how they ended.',
    labels: {
      outcome: ['done', 'sign_in_failed', 'sign_in_refused', 'issuer_unavailable', 'store_unavailable', 'not_found'],
    },
  })
  const fail = (error: unknown): never => {
    ended({ outcome: presentProblem(error instanceof SignInFailure ? error.cause : error).code })
    throw error
  }
  return {
    ...signIn,
    begin: async (...given) => await signIn.begin(...given).catch(fail),
    finish: async (answer) => {
      const signedIn = await signIn.finish(answer).catch(fail)
      ended({ outcome: 'done' })
      return signedIn
    },
  }
}

/** One call of a model that is over. */
export interface ModelCallFact {
  readonly provider: ModelProvider
  readonly model: string
  /** Whether the key of the person who asks pays. */
  readonly isOwnKey: boolean
  /** `stopped`: the person or the server ended it. */
  readonly outcome: 'answered' | 'stopped' | ProblemCode
  /** Milliseconds until the first piece of the answer; null where none came. */
  readonly firstPieceMs: number | null
  /** Null where the provider told none. */
  readonly tokens: TokenUse | null
}

/**
 * Makes the count of calls of models. Models are named only where the operator named them, by a setting or a price: any other name may be what
 * a person typed, and counts as `other`.
 */
export function measureModels({
  meter,
  prices,
  named,
}: {
  readonly meter: Meter
  readonly prices: readonly ModelPrice[]
  /** Models that the operator set besides, as `provider:model`. */
  readonly named: readonly string[]
}): (call: ModelCallFact) => void {
  const bareName = (id: string): string => id.slice(id.indexOf(':') + 1)
  const models = [...named, ...prices.map(({ model }) => model)].map(bareName)
  const { requests, tokens, dollars, firstToken } = defineModelMeasures(meter, models)
  return ({ provider, model, isOwnKey, outcome, firstPieceMs, tokens: used }) => {
    const which = { provider, model, key: isOwnKey ? 'person' : 'operator' }
    requests({ ...which, outcome })
    if (firstPieceMs !== null) firstToken({ provider, model }, firstPieceMs / 1_000)
    if (used === null) return
    tokens({ ...which, direction: 'input' }, used.inputTokens)
    tokens({ ...which, direction: 'output' }, used.outputTokens)
    dollars(which, dollarsOf({ model: `${provider}:${model}`, ...used }, prices) ?? 0)
  }
}

function defineModelMeasures(meter: Meter, models: readonly string[]) {
  const labels = { provider: ModelProvider.options, model: models, key: ['operator', 'person'] }
  return {
    requests: meter.counter({
      name: 'floe_model_requests_total',
      help: 'Calls of models, by whose key pays and how they ended.',
      labels: { ...labels, outcome: ['answered', 'stopped', ...problemCodes] },
    }),
    tokens: meter.counter({
      name: 'floe_model_tokens_total',
      help: 'Tokens that models took and gave, as their providers count them.',
      labels: { ...labels, direction: ['input', 'output'] },
    }),
    dollars: meter.counter({
      name: 'floe_model_cost_dollars_total',
      help: 'What the tokens cost at the prices of MODEL_PRICES, in US dollars.',
      labels,
    }),
    firstToken: meter.histogram({
      name: 'floe_model_first_token_seconds',
      help: 'Time until the first piece of a model’s answer.',
      labels: { provider: labels.provider, model: labels.model },
      bounds: waitBounds,
    }),
  }
}
