import { defineConfig } from '@playwright/test'
import { chromiumPath } from './e2e/chromium-path.ts'
import type { SharedFixtures } from './e2e/floe-test.ts'

const everySize = /@every-size/

/** One store for every project, to walk all journeys on each of the two. */
const onlyStore = process.env['E2E_STORE'] === 'postgres' ? ({ store: 'postgres' } as const) : null

export default defineConfig<object, SharedFixtures>({
  testDir: 'e2e',
  outputDir: '.cache/browser',
  forbidOnly: true,
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    locale: 'en-US',
    timezoneId: 'UTC',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromiumPath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--font-render-hinting=none',
      ],
    },
  },
  projects: [
    { name: 'desktop', use: { viewport: { width: 1440, height: 900 }, ...onlyStore } },
    {
      name: 'tablet',
      grep: everySize,
      use: { viewport: { width: 820, height: 1180 }, hasTouch: true, store: 'postgres' },
    },
    {
      name: 'mobile',
      grep: everySize,
      use: {
        viewport: { width: 390, height: 844 },
        hasTouch: true,
        isMobile: true,
        deviceScaleFactor: 2,
        store: 'postgres',
      },
    },
  ],
})
