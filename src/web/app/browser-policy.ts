import { config } from 'zod/mini'

// Must run before the contract's schemas are made: zod probes `new Function`, which the page's policy reports as a violation.
config({ jitless: true })

interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { createHTML(text: string): string; createScriptURL(address: string): string },
  ): unknown
}

/** The page's only worker, as the build names its file. */
const workerFile = /^\/assets\/rows-worker-[\w-]+\.js$/

/**
 * Lets code set markup to nothing, which the chart library does when it clears its place, and start the worker that keeps rows, whose file
 * lies under `base`; nothing else. Without Trusted Types in the browser there is nothing to allow.
 */
export function limitTrustedTypes(base: string): void {
  const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory }
  trustedTypes?.createPolicy('default', {
    createHTML(text) {
      if (text === '') return text
      throw new TypeError('This page makes no markup from text.')
    },
    createScriptURL(address) {
      if (address.startsWith(base) && workerFile.test(address.slice(base.length))) return address
      throw new TypeError('This page runs no script but its own.')
    },
  })
}
