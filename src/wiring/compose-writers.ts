import type { Logger } from 'pino'
import { makeWriters } from '../adapters/models/make-writers.ts'
import { readDriverEnvironment, type Config } from '../config.ts'
import type { Writer } from '../core/ports/writer.ts'
import type { Writers } from '../core/ports/writers.ts'
import type { Foundation } from './foundation.ts'

/** The writers that questions may be asked with: the interpreter, and the models that keys are set for. */
export const composeWriters = (
  config: Config,
  { clock }: Pick<Foundation, 'clock'>,
  { offline, logger }: { readonly offline: Writer; readonly logger: Logger },
): Writers =>
  makeWriters({
    offline,
    geminiApiKey: config.GEMINI_API_KEY ?? null,
    geminiBaseUrl: config.GEMINI_BASE_URL ?? null,
    geminiModel: config.GEMINI_MODEL ?? null,
    proxy: readDriverEnvironment(false),
    clock,
    log: (message, error) => logger.warn({ err: error }, message),
  })
