import { config } from 'zod'

// Must run before the contract's schemas are made: zod probes `new Function`, which the page's policy reports as a violation.
config({ jitless: true })

interface PolicyFactory {
  createPolicy(name: string, rules: { createHTML(text: string): string }): unknown
}

/**
 * Lets code set markup to nothing, which the chart library does when it clears its place, and to nothing else.
 * Without Trusted Types in the browser there is nothing to allow.
 */
export function allowEmptyMarkupOnly(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory }
  trustedTypes?.createPolicy('default', {
    createHTML(text) {
      if (text === '') return text
      throw new TypeError('This page makes no markup from text.')
    },
  })
}
