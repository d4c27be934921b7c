import { afterEach, expect, test, vi } from 'vitest'
import { limitTrustedTypes } from './browser-policy.ts'

interface Rules {
  createHTML(text: string): string
  createScriptURL(address: string): string
}

/** The rules that the page gives a browser with Trusted Types. */
function rulesOf(base: string): Rules {
  const created: Rules[] = []
  vi.stubGlobal('trustedTypes', { createPolicy: (_name: string, rules: Rules) => created.push(rules) })
  limitTrustedTypes(base)
  const [rules] = created
  if (rules === undefined) throw new Error('No policy was created.')
  return rules
}

afterEach(() => {
  vi.unstubAllGlobals()
})

const base = 'https://floe.example.com/data'

test('the worker that keeps rows may be started', () => {
  const address = `${base}/assets/rows-worker-Dh8c_S-u.js`
  expect(rulesOf(base).createScriptURL(address)).toBe(address)
})

test.each([
  'https://elsewhere.example.com/data/assets/rows-worker-Dh8c.js',
  `${base}/assets/first-Dh8c.js`,
  `${base}/assets/rows-worker-/../../upload.js`,
  `${base}/assets/rows-worker-Dh8c.js?then=more`,
  `${base}.evil.example.com/assets/rows-worker-Dh8c.js`,
  'blob:https://floe.example.com/data/assets/rows-worker-Dh8c.js',
  'data:text/javascript,alert(1)',
  '',
])('no script is loaded from %s', (address) => {
  expect(() => rulesOf(base).createScriptURL(address)).toThrow(TypeError)
})

test('no markup is made from text', () => {
  expect(rulesOf(base).createHTML('')).toBe('')
  expect(() => rulesOf(base).createHTML('<img src=x onerror=alert(1)>')).toThrow(TypeError)
})
