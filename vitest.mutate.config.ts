import { defineConfig } from 'vitest/config'

/** The tests that `npm run mutate` tries its mutations against: those that need neither a server nor a second process. */
export default defineConfig({
  test: {
    include: [
      'src/core/**/*.test.ts',
      'src/contract/**/*.test.ts',
      'src/http/**/*.test.ts',
      'src/cli/**/*.test.ts',
      'src/adapters/secrets/**/*.test.ts',
      'src/adapters/models/retry-budget.test.ts',
    ],
    exclude: ['src/core/interpreter/**'],
    // Bounds the run without mutations; a test that a mutation makes hang is ended by Stryker's own, shorter limit.
    testTimeout: 60_000,
    pool: 'forks',
  },
})
