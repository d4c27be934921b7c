import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sweepExports } from './adapters/duckdb/export/duckdb-exporter.ts'
import { makeWorkerInterpreter } from './adapters/interpreter/worker-interpreter.ts'
import type { Log } from './adapters/node/make-log.ts'
import { localUserId } from './adapters/postgres/local-user.ts'
import type { HttpExchange } from './adapters/oauth-server/oauth-server.ts'
import { makePostgresTurnCommandStore } from './adapters/postgres/postgres-turn-command-store.ts'
import { makePostgresTurnStore } from './adapters/postgres/postgres-turn-store.ts'
import { makeStoreUpkeep } from './adapters/postgres/store-upkeep.ts'
import { makeWorkerSqlParsers } from './adapters/sql-parsers/worker-sql-parsers.ts'
import type { Config } from './config.ts'
import { describeResult } from './core/answer/describe-result.ts'
import { makeAnswerTurn } from './core/ask/answer-turn.ts'
import { makeCommandRelay } from './core/ask/command-relay.ts'
import { makeConversationNews } from './core/ask/conversation-news.ts'
import { makeHistory } from './core/ask/history.ts'
import type { JourneyNeeds } from './core/ask/journey.ts'
import { makeJourney } from './core/ask/make-journey.ts'
import { makeTurns } from './core/ask/make-turns.ts'
import { makeStarters } from './core/ask/starters.ts'
import { makeOrphanSweep } from './core/ask/sweep-orphans.ts'
import { makeLocalCaller, makeOperatorCaller, type Caller, type Door } from './core/caller.ts'
import { chooseChart } from './core/chart/choose-chart.ts'
import { makeReadAppInfo } from './core/connections/app-info.ts'
import { makeDiagnose } from './core/connections/diagnose.ts'
import { makeEvaluate } from './core/evaluate/run-evaluation.ts'
import { makeCatalogExplorer } from './core/explore/explore-catalog.ts'
import { makeExplainSql } from './core/explain/explain-sql.ts'
import { makeCheckSql } from './core/guard/check-sql.ts'
import { limits } from './core/limits.ts'
import { makeLedger } from './core/ledger/account-for.ts'
import { makeGuard } from './core/guard/make-guard.ts'
import { measureGuard, measureJourney } from './core/metrics/measure-turns.ts'
import { makePersonalWriters } from './core/models/personal-writers.ts'
import { auditJourney, governConnections, governTurns } from './core/people/govern.ts'
import { preferTurns, readKeepRunning } from './core/people/preferences.ts'
import type { AuthorizationServer } from './core/ports/authorization-server.ts'
import type { ConnectionKind } from './core/ports/connection-kind.ts'
import type { Retention } from './core/retention/retention.ts'
import type { Services } from './core/services.ts'
import { traceJourney } from './core/tracing/trace-journey.ts'
import { composePeople, type Identify, type ListConnections } from './wiring/compose-people.ts'
import { composeWriters } from './wiring/compose-writers.ts'
import { composeConnections } from './wiring/compose-connections.ts'
import { composeFavorites, composeWorkspace } from './wiring/compose-workspace.ts'
import { composeRetention } from './wiring/compose-retention.ts'
import { makeHealth } from './wiring/describe-health.ts'
import { makeFoundation, type Foundation, type Serving } from './wiring/foundation.ts'
import { measureState, logTurns, tellEnd, watchParsers } from './wiring/measure-state.ts'

/** The program that Config describes. Nothing is opened before it is first needed; `warm` opens beside other work. */
export interface Floe {
  readonly services: Services
  /** The one person of this machine. */
  readonly callerAt: (door: Door) => Caller
  /** Whoever runs `floe admin` on this machine. */
  readonly operator: Caller
  /** Who sent a request: without sign-in the person of this machine, else whoever its credential belongs to; null for nobody. */
  readonly identify: Identify
  /** Lets apps act for people; null without sign-in or without a known public address. */
  readonly authorizationServer: AuthorizationServer<HttpExchange> | null
  readonly serving: Serving
  /** Where requests are counted, and what monitoring reads of all that is counted. */
  readonly monitoring: Pick<Foundation, 'meter' | 'metrics' | 'tracer' | 'tracing'>
  /** What is removed when; doors see of it what concerns a person. */
  readonly retention: Retention
  readonly version: string
  /** The kinds of connection that people save. */
  readonly kinds: readonly ConnectionKind[]
  readonly log: Log
  /** Opens store, parsers and sample ahead of the first question. */
  warm(): void
}

/** Version of the package, read from its manifest beside `src` or `dist`. */
const readVersion = (): string =>
  (JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as { version: string }).version

/** Wires the program, in order: what lies below, the journey, what the doors may use. */
export function compose(config: Config): Floe {
  const version = readVersion()
  const foundation = makeFoundation(config, version)
  const { database, clock, meter, tracer, identity, instanceId, notices, serving, log, onFault } = foundation
  const store = makePostgresTurnStore({ database, instanceId, onFault })
  const list: ListConnections = (caller) => connections.list(caller)
  const interpreter = makeWorkerInterpreter({ timeoutMs: limits.interpreterMs, askedBy: log.scope.person })
  const { installation, providers } = composeWriters(config, foundation, {
    offline: interpreter.writer,
    logger: log.logger,
  })
  const known = composePeople(config, foundation, providers, store, list)
  const { people, heldModels, identify, withinBudgets, authorizationServer, makeExport } = known
  const writers = makePersonalWriters({ installation, models: heldModels, onFault })
  const { audit, preferences } = people
  const callerAt = (door: Door): Caller => makeLocalCaller(localUserId, door)

  let closing = false
  const parsers = makeWorkerSqlParsers({ timeoutMs: limits.parserMs, ...watchParsers(meter, log) })
  const guard = measureGuard(makeGuard({ parsers }), meter)
  const wired = composeConnections(config, foundation, audit, parsers)
  const { connections, localConnections, savedConnections, connectionShares, rotation, kinds, exporting } = wired
  const keeping = composeFavorites(config, foundation, { audit, stored: store, listConnections: list, guard, parsers })
  const sweep = makeOrphanSweep({
    store,
    clock,
    onFault,
    isRunHere: (turnId) => turns.isRunHere(turnId),
    cancelLeftover: wired.cancelLeftover,
  })

  const journeyNeeds: JourneyNeeds = {
    ...foundation,
    connections,
    guard,
    findTables: (question, catalog, signal) => interpreter.findTables(question, catalog, { limit: 20, signal }),
    explain: (sql, options) => parsers.explain(sql, options),
    outline: (sql, options) => parsers.outline(sql, options),
    partsOf: (sql, options) => parsers.partsOf(sql, options),
    placedParts: (sql) => parsers.placedParts(sql),
    readLedger: makeLedger(),
    chooseChart,
    describeResult,
    suggestFollowUps: interpreter.suggestFollowUps,
    findVerified: keeping.findVerified,
    onFault,
  }
  const news = makeConversationNews(notices)
  const audited = auditJourney(withinBudgets(traceJourney(makeJourney(journeyNeeds), tracer)), { audit, onFault })
  const journey = measureJourney(audited, { ...foundation, onEnd: tellEnd(log) })
  const turns = makeTurns({
    journey,
    store,
    writers,
    clock,
    identity,
    sweep,
    notices,
    news,
    keepRunningMs: readKeepRunning(preferences, known.isPersonAllowed, onFault),
    relay: makeCommandRelay({ ...foundation, store: makePostgresTurnCommandStore(foundation) }),
    ...logTurns(log),
    limits: limits.turns,
    hasCopies: config.DATABASE_URL !== undefined,
  })
  const retention = composeRetention(config, foundation, audit, wired.purge)
  const starters = makeStarters({ connections, suggestQuestions: interpreter.suggestQuestions })
  const services: Services = {
    ...keeping.servicesOn(preferTurns(governTurns(turns, audit), { preferences, writers, running: turns })),
    answer: makeAnswerTurn({ turns, clock }),
    history: makeHistory({ store, sweep, turns }),
    conversationNews: news,
    ...composeWorkspace(config, foundation, { store, sweep, turns, audit, news, journey, connections, exporting }),
    check: makeCheckSql({ guard, connections }),
    explain: makeExplainSql({ guard, connections, explain: (sql, options) => parsers.explain(sql, options) }),
    evaluate: makeEvaluate({ ...journeyNeeds, writers, findVerified: null }),
    appInfo: makeReadAppInfo({ connections, localConnections, writers, starters, version }),
    starters,
    connections: governConnections(savedConnections, audit),
    catalog: makeCatalogExplorer({ ...keeping, connections, clock, outlookOf: interpreter.outlookOf }),
    connectionSetup: wired.connectionSetup,
    retention,
    exportPerson: makeExport(savedConnections),
    secrets: rotation,
    connectionShares,
    upkeep: makeStoreUpkeep({ database, version }),
    people,
    diagnose: makeDiagnose({ guard, connections, savedConnections }),
    health: makeHealth(foundation, installation, [known.health, wired.health]),
    close: async () => {
      await Promise.all([turns.close(), services.exports.end(), services.results.end()])
      closing = true
      sweep.end()
      retention.end()
      heldModels.end()
      await Promise.all([connections.close(), parsers.close(), interpreter.close()])
      await store.close()
      await foundation.close()
    },
  }
  measureState(config, foundation, { version, parsers, interpreter, health: () => services.health() })
  const warm = (): void => {
    notices.listen()
    for (const upkeep of [retention, services.results]) upkeep.begin()
    for (const begun of [
      sweep.first(),
      parsers.warm(),
      foundation.metrics?.load() ?? Promise.resolve(),
      sweepExports(join(config.DATA_DIR, 'exports')),
      heldModels.begin(),
      services.appInfo(callerAt('recovery'), AbortSignal.any([])),
    ])
      begun.catch((error: unknown) => closing || onFault(error))
  }
  const doors = { callerAt, operator: makeOperatorCaller(), identify, authorizationServer, serving }
  return { services, ...doors, monitoring: foundation, retention, version, kinds, log, warm }
}
