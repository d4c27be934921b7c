import { shortestUnreadMs } from '../contract/preferences.ts'

/**
 * Limits of the installation that no operator sets. Limits of a connection are in its policy; those of HTTP, of child processes and of
 * Snowflake's sessions lie with what they limit.
 */
export const limits = {
  /** How long parsing, judging or translating one statement may take. */
  parserMs: 500,
  /** How long the built-in interpreter may work on one question. */
  interpreterMs: 30_000,
  model: {
    /** How long a model may take for the first word of its answer, and from word to word. */
    firstWordMs: 15_000,
    betweenWordsMs: 10_000,
    /** After so many outages in a row a model is not asked for this long. */
    failuresBeforePause: 3,
    pauseMs: 60_000,
  },
  /** What may be asked of the data beside a turn's own query. */
  probes: {
    /** How long the probes of one turn may take together: in an engine of this machine, and in an account over the network. */
    readMs: 2_000,
    compareMs: 8_000,
    /** Statements of one turn. */
    statements: 12,
    /** A probe that may read more than this is not run. */
    bytes: 5e9,
  },
  /** Saved connections without a use for this long are closed. */
  connectionIdleMs: 30 * 60_000,
  /** How long a removed connection can be brought back. */
  connectionUndoMs: 10 * 60_000,
  /** How long a person may take at an identity provider. */
  signInMs: 10 * 60_000,
  sessions: {
    idleMs: 24 * 3_600_000,
    totalMs: 30 * 24 * 3_600_000,
    noteUseMs: 5 * 60_000,
  },
  exports: {
    /** Files of results that may be made at once: of one person, and of all together. */
    atOnceEach: 2,
    atOnceInAll: 4,
    /** How long a finished file is kept. */
    keepMs: 3_600_000,
    /** A file that grows beyond this is given up. */
    maxFileBytes: 16e9,
    /** Finished files of one person, and of all together: the oldest makes room. */
    keptBytesEach: 16e9,
    keptBytesInAll: 32e9,
  },
  turns: {
    /** Questions that may run at once: of one person, and of all together. A proposal that waits uses nothing and does not count. */
    maxRunningTurns: 8,
    maxRunningTurnsInAll: 32,
    /** Proposals that may wait for a decision, likewise; the oldest makes room for a newer one. */
    maxWaitingTurns: 20,
    maxWaitingTurnsInAll: 500,
    /** A running turn goes on without readers for at least this long, and for as long as its owner has set. */
    abandonedAfterMs: shortestUnreadMs,
    /** How long a proposal waits for a decision without readers: somebody who closed the page finds it again. */
    undecidedAfterMs: 7 * 24 * 3_600_000,
  },
} as const
