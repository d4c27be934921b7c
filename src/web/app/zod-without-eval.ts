import { config } from 'zod'

// Must run before the contract's schemas are made: zod probes `new Function`, which the page's policy reports as a violation.
config({ jitless: true })
