// `npm test`: every check there is, the browser's included.
import { runChecks } from './run-checks.mjs'

await runChecks({ browser: true })
