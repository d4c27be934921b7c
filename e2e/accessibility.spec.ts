import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expectAccessible } from './floe-test.ts'
import { expect, test, type Visitor } from './people-test.ts'

test.skip(lacksChromium, lackedChromium)

const sizes = [
  { width: 1440, height: 900 },
  { width: 820, height: 1180 },
  { width: 390, height: 844 },
] as const

/** Settings of the system, which a page without a choice follows. */
const systems = {
  dark: { colorScheme: 'dark', contrast: 'no-preference' },
  light: { colorScheme: 'light', contrast: 'no-preference' },
  'high-contrast': { colorScheme: 'dark', contrast: 'more' },
} as const
type Theme = keyof typeof systems
const themes = Object.keys(systems) as readonly Theme[]

async function wear({ page }: Visitor, theme: Theme): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce', ...systems[theme] })
  await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
}

let checked = 0

/**
 * Looks for breaches in what is on the screen now: at every size in one theme, another one each time, and for the contrasts, which alone
 * depend on the theme, in the others too.
 */
async function expectReadable(
  visitor: Visitor,
  state: string,
  where: readonly (typeof sizes)[number][] = sizes,
): Promise<void> {
  const { page } = visitor
  for (const size of where) {
    await page.setViewportSize(size)
    checked += 1
    const whole = themes[checked % themes.length]
    for (const theme of size === where[0] ? themes : themes.filter((each) => each === whole)) {
      await wear(visitor, theme)
      await test.step(`${state}, ${theme}, ${size.width} px`, () =>
        expectAccessible(page, theme === whole ? undefined : ['color-contrast']))
    }
  }
  await page.setViewportSize(where[0] ?? sizes[0])
}

const endless =
  'SELECT COUNT(*) FROM LINEITEM a JOIN LINEITEM b ON a.L_QUANTITY < b.L_QUANTITY JOIN LINEITEM c ON b.L_PARTKEY < c.L_PARTKEY'

test('what is asked and answered can be read in every theme and at every size', async ({ visitor }) => {
  const { page, floe } = visitor
  await visitor.visit('/')
  await visitor.signIn('ada')
  await page.getByRole('heading', { name: 'Try the sample' }).or(page.getByText('Try the sample')).first().waitFor()
  await expectReadable(visitor, 'first steps')

  await floe.ask('How many orders were placed per year?')
  await floe.run.waitFor()
  await expectReadable(visitor, 'proposal')
  await floe.run.click()
  await floe.done.waitFor()
  await floe.turn.locator('svg').first().waitFor()
  await expectReadable(visitor, 'answer with chart')
  await floe.tab('Table').click()
  await floe.turn.getByRole('rowheader').first().waitFor()
  await expectReadable(visitor, 'answer with table')

  await page.getByRole('button', { name: 'Share conversation' }).click()
  const dialog = page.getByRole('dialog', { name: 'Share this conversation' })
  await dialog.getByRole('button', { name: 'Make a link' }).click()
  const link = await dialog.getByRole('region', { name: 'The new link' }).getByRole('code').innerText()
  await expectReadable(visitor, 'share dialog')
  await dialog.getByRole('button', { name: /^Stop sharing/ }).click()
  await page.getByRole('dialog', { name: /^Stop sharing the conversation/ }).waitFor()
  await expectReadable(visitor, 'question before something final')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)

  await page.getByRole('button', { name: 'Commands' }).click()
  await page.getByRole('combobox', { name: 'Commands' }).fill('orders')
  await page.getByRole('option').first().waitFor()
  await expectReadable(visitor, 'palette')
  await page.keyboard.press('Escape')
  await floe.turn.focus()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor()
  await expectReadable(visitor, 'shortcuts')
  await page.keyboard.press('Escape')

  await floe.ask('What is the meaning of a good breakfast?')
  await floe.alert.waitFor()
  await expectReadable(visitor, 'problem')
  await floe.ask('How many customers are there?')
  await floe.edit(endless)
  await floe.propose()
  await floe.turn.getByText('Edited by you').waitFor()
  await floe.run.click()
  await floe.turn.getByText(/^Running on/).waitFor()
  await expectReadable(visitor, 'running')
  await floe.stop.click()
  await floe.turn.getByText('Cancelled while the query was running.').waitFor()

  await page.goto(link)
  await page.getByRole('heading', { level: 1, name: 'How many orders were placed per year?' }).waitFor()
  await expectReadable(visitor, 'shared page')
})

test('pages and panels can be read in every theme and at every size', async ({ visitor }) => {
  const { page, floe } = visitor
  await visitor.visit('/')
  await visitor.signIn('ada')
  await floe.answer('How many nations are there?')
  await floe.turn.getByRole('button', { name: 'Keep as a favorite' }).click()
  await floe.turn.getByRole('button', { name: 'Remove from favorites' }).waitFor()

  const panels = {
    History: page.getByRole('navigation', { name: 'Conversations' }),
    Data: page.getByRole('tree'),
    Favorites: page.getByRole('tree', { name: 'Favorites and folders' }),
  }
  for (const size of [sizes[0], sizes[2]]) {
    await page.setViewportSize(size)
    if (size.width < 768) await page.getByRole('button', { name: 'Show the sidebar' }).click()
    for (const [name, panel] of Object.entries(panels)) {
      await page.getByRole('tab', { name }).click()
      await panel.waitFor()
      await expectReadable(visitor, `panel ${name}`, [size])
    }
  }
  await page.setViewportSize(sizes[0])
  await panels.Favorites.getByRole('treeitem').first().click()
  await page.getByRole('heading', { name: /^Kept on/ }).waitFor()
  await expectReadable(visitor, 'favorite')

  const places = {
    '/history': page.getByRole('heading', { level: 1, name: 'History' }),
    '/data/sample?table=ORDERS': page.getByRole('row', { name: /O_ORDERSTATUS text/ }),
    '/settings': page.getByRole('combobox', { name: 'Numbers' }),
    '/settings/connections': page.getByRole('button', { name: 'Connect Snowflake' }),
    '/settings/models': page.getByRole('heading', { level: 2 }).first(),
    '/account': visitor.heading('Where you are signed in'),
    '/people': page.getByRole('list', { name: 'People', exact: true }),
    '/audit': page.getByRole('list', { name: 'Entries' }),
  }
  for (const [path, shown] of Object.entries(places)) {
    await visitor.visit(path)
    await shown.waitFor()
    await expectReadable(visitor, path)
  }
})
