import { gzipSync } from 'node:zlib'
import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

const budgetsKb = { js: 190, css: 12, woff2: 95 }

test('the first load keeps within its budgets', async ({ floe }) => {
  const sizes = { js: 0, css: 0, woff2: 0 }
  const bodies: Promise<void>[] = []
  floe.page.on('response', (response) => {
    const kind = /\.(js|css|woff2)$/.exec(new URL(response.url()).pathname)?.[1] as keyof typeof sizes | undefined
    if (kind === undefined) return
    bodies.push(response.body().then((body) => void (sizes[kind] += (kind === 'woff2' ? body : gzipSync(body)).length)))
  })
  await floe.open()
  await floe.page.getByRole('list', { name: 'Questions to start with' }).getByRole('button').first().waitFor()
  await floe.page.waitForLoadState('networkidle')
  await Promise.all(bodies)
  test.info().annotations.push({ type: 'first load, bytes gzipped', description: JSON.stringify(sizes) })
  for (const [kind, budget] of Object.entries(budgetsKb))
    expect(sizes[kind as keyof typeof sizes] / 1_000, `${kind} in kB`).toBeLessThanOrEqual(budget)
  expect(sizes.js).toBeGreaterThan(0)
})
