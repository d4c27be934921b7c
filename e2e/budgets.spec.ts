import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test } from './people-test.ts'

test.skip(lacksChromium, lackedChromium)

test('admins set and remove a budget; who has one sees it, and is refused beyond it @every-size', async ({
  visitor,
  another,
}) => {
  const { page } = visitor
  const somebody = `budget-${test.info().project.name}`
  const shown = `${somebody.charAt(0).toUpperCase()}${somebody.slice(1)} Example`
  const other = await another()
  await other.visit('/account')
  await other.signIn(somebody)
  await expect(other.page.getByText('There is no limit for you.')).toBeVisible()
  await visitor.visit('/people')
  await visitor.signIn('ada')
  const form = page.getByRole('form', { name: 'Set a budget' })
  await form.getByRole('combobox', { name: 'For' }).selectOption(shown)
  await form.getByRole('button', { name: 'Set' }).click()
  await expect(form.getByRole('alert')).toContainText('Write how many gigabytes')
  await visitor.expectAccessible()
  await form.getByRole('textbox', { name: 'GB read a day' }).fill('0')
  await form.getByRole('textbox', { name: 'Tokens a day' }).fill('5000')
  await form.getByRole('button', { name: 'Set' }).click()
  const row = page.getByRole('list', { name: 'Budgets' }).getByRole('listitem').filter({ hasText: shown })
  await expect(row).toContainText('0 bytes of 0 bytes today · 0 tokens of 5,000 tokens today')
  await visitor.expectAccessible()

  await other.page.reload()
  const limits = other.page.getByRole('list', { name: 'Limits' }).getByRole('listitem')
  await expect(limits).toHaveText(['You, read: 0 bytes of 0 bytes', 'You, tokens of models: 0 tokens of 5,000 tokens'])
  await other.expectAccessible()
  await other.visit('/')
  await other.floe.ask('How many orders are there?')
  await expect(
    other.page.getByText(/You have used 0 bytes of 0 bytes today; it starts again at 00:00 UTC/),
  ).toBeVisible()

  await row.getByRole('button', { name: `Remove the budget: ${shown}` }).click()
  const dialog = page.getByRole('dialog', { name: `Remove the budget “${shown}”?` })
  await visitor.expectAccessible()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await expect(row).toHaveCount(0)
})

test('admins see what people have used of models in a month, and sort it @every-size', async ({ visitor }) => {
  const { page } = visitor
  await visitor.visit('/people')
  await visitor.signIn('ada')
  const panel = page.getByRole('region', { name: 'Use of models' })
  await expect(panel.getByText('Nobody asked a model in this month.')).toBeVisible()
  await visitor.expectAccessible()

  // Models that answer are tried in models.spec.ts and own-models.test.ts; here it is how their use is shown.
  const use = (email: string, model: string, questions: number, dollars: number | null) => ({
    personId: crypto.randomUUID(),
    name: '',
    email,
    model,
    isOwnKey: dollars === null,
    questions,
    inputTokens: questions * 1_000,
    outputTokens: 0,
    tokens: questions * 1_000,
    dollars,
  })
  const uses = [
    use('ben@example.com', 'anthropic:claude-sonnet-4-5', 12, 0.5),
    use('cora@example.com', 'openai-compatible:a-model-with-a-long-name', 7, null),
    use('ada@example.com', 'anthropic:claude-sonnet-4-5', 3, 1.25),
  ]
  await page.route('**/api/v1/people/model-usage?*', (route) => {
    const month = new URL(route.request().url()).searchParams.get('month') ?? ''
    return route.fulfill({ json: { month, uses } })
  })
  const month = panel.getByRole('combobox', { name: 'Month' })
  await month.focus()
  await month.selectOption({ index: 1 })
  await expect(
    panel.getByText('Together: 22 questions, 22,000 tokens, $1.75 without the models whose price is unknown.'),
  ).toBeVisible()
  await expect(month).toBeFocused()
  const people = panel.getByRole('rowheader')
  await expect(people).toHaveText([/^ben@/, /^cora@/, /^ada@/])
  const cost = panel.getByRole('button', { name: 'Cost' })
  await cost.focus()
  await page.keyboard.press('Enter')
  await expect(panel.getByRole('columnheader', { name: 'Cost' })).toHaveAttribute('aria-sort', 'descending')
  await expect(people).toHaveText([/^ada@/, /^ben@/, /^cora@/])
  await page.keyboard.press('Enter')
  await expect(people).toHaveText([/^ben@/, /^ada@/, /^cora@/])
  await expect(cost).toBeFocused()
  await panel.getByRole('button', { name: 'Person' }).click()
  await expect(people).toHaveText([/^ada@/, /^ben@/, /^cora@/])
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  await visitor.expectAccessible()

  await page.route('**/api/v1/people/model-usage?*', (route) =>
    route.fulfill({
      status: 403,
      json: { code: 'store_unavailable', message: 'The store is away.', action: 'Wait.', whoseTurn: 'operator' },
    }),
  )
  await month.selectOption({ index: 2 })
  await expect(panel.getByRole('alert')).toContainText('The store is away.')
  await page.unrouteAll()
  await panel.getByRole('button', { name: 'Try again' }).click()
  await expect(panel.getByText('Nobody asked a model in this month.')).toBeVisible()
})
