// `npm run check`: every check but the browser's.
import { runChecks } from './run-checks.mjs'

await runChecks({ browser: false })
