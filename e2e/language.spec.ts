import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import * as german from '../src/web/words/german/index.ts'
import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, test } from './floe-test.ts'

test.skip(lacksChromium, lackedChromium)

const words = join(import.meta.dirname, '..', 'src', 'web', 'words')

/** Every text within a table of words, or within several. */
const textsIn = (table: unknown): readonly string[] =>
  typeof table === 'string'
    ? [table]
    : typeof table === 'object' && table !== null
      ? Object.values(table).flatMap(textsIn)
      : []

/** The texts of the page in English, as the modules hold them outside of a browser. */
async function englishTexts(): Promise<readonly string[]> {
  const files = readdirSync(words).filter((name) => name.endsWith('.ts') && !/^language|\.test\.ts$/.test(name))
  const modules = await Promise.all(files.map((name) => import(join(words, name)) as Promise<object>))
  return modules.flatMap(textsIn)
}

/** Finds the texts that are English and not German as well: the very text, or one with values in its places. */
async function makeEnglishFinder(): Promise<(texts: readonly string[]) => readonly string[]> {
  const ofGerman = new Set(textsIn(german))
  const telling = (await englishTexts()).filter((text) => !ofGerman.has(text))
  const exact = new Set(telling.filter((text) => !text.includes('{')))
  const patterns = telling
    .filter((text) => text.includes('{') && text.replace(/\{\w+\}/g, '').match(/[a-z]{4,}/i) !== null)
    .map(
      (text) =>
        new RegExp(
          `^${text
            .split(/\{\w+\}/)
            .map((part) => RegExp.escape(part))
            .join('.+')}$`,
        ),
    )
  return (texts) => texts.filter((text) => exact.has(text) || patterns.some((pattern) => pattern.test(text)))
}

/** What can be seen or heard on the page as it is, without what the server says, data and queries. */
const textsOf = (page: Page): Promise<readonly string[]> =>
  page.evaluate(`(() => {
    const isOurs = (element) => element.closest('[lang=en], [role=grid], pre, script, style, noscript') === null && element.checkVisibility()
    const found = [document.title]
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) if (isOurs(walker.currentNode.parentElement)) found.push(walker.currentNode.data.trim())
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]'))
      if (isOurs(element))
        found.push(...['aria-label', 'title', 'placeholder'].map((name) => element.getAttribute(name)?.trim() ?? ''))
    return found.filter((text) => text !== '')
  })()`)

const isWider = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')

test.describe('in a German browser', () => {
  test.use({ locale: 'de-DE' })

  test('the page speaks German everywhere @every-size', async ({ floe }) => {
    const { page } = floe
    const findEnglish = await makeEnglishFinder()
    const look = async (place: string): Promise<void> => {
      await expect(page.locator('.animate-appear-late'), place).toHaveCount(0)
      await expect(page.locator('html')).toHaveAttribute('lang', 'de')
      await expect.poll(async () => findEnglish(await textsOf(page)), place).toEqual([])
      expect(await isWider(page), `${place} is as wide as the screen`).toBe(false)
    }
    await page.goto(floe.url)
    const question = page.getByRole('textbox', { name: german.composer.question })
    await question.waitFor()
    await look('the start page')
    await question.fill('How many customers are there per nation?')
    await question.press('Enter')
    const run = page.getByRole('button', { name: german.query.run })
    await run.waitFor()
    await look('a proposal')
    await run.click()
    await page.getByRole('button', { name: /^Fertig in / }).waitFor()
    await page.getByRole('tablist').last().waitFor()
    await look('an answer')
    await floe.expectAccessible()
    const { pages } = german.shell
    for (const [path, heading] of [
      ['/history', pages.history],
      ['/data', pages.data],
      ['/favorites', pages.favorites],
      ['/settings', pages.settings],
      ['/settings/connections', pages.settings],
      ['/settings/models', pages.settings],
      ['/account', pages.account],
      ['/nowhere', german.problems.lost],
    ] as const) {
      await page.goto(`${floe.url}${path}`)
      await page.getByRole('heading', { level: 1, name: heading }).waitFor()
      await look(path)
    }
    await page.goto(floe.url)
    await question.focus()
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: german.shell.commands }).getByRole('option').first().waitFor()
    await look('the palette')
    await page.keyboard.press('Escape')
    await expect(question, 'the box has the keyboard again').toBeFocused()
    await page.getByRole('button', { name: german.shell.commands }).press('?')
    await page.getByRole('dialog', { name: german.pages.shortcuts.title }).waitFor()
    await look('the list of shortcuts')
  })

  test('English is chosen in the settings, everywhere in this browser, and loses nothing', async ({
    floe,
    context,
  }) => {
    const { page } = floe
    await page.goto(floe.url)
    await page.getByRole('textbox', { name: german.composer.question }).fill('Halb geschrieben')
    await page.goto(`${floe.url}/settings`)
    await page.getByRole('combobox', { name: german.look.language, exact: true }).selectOption('en')
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
    await expect(page.locator('html')).toHaveAttribute('lang', 'en')
    await floe.open()
    await expect(floe.question).toHaveValue('Halb geschrieben')
    const another = await context.newPage()
    await another.goto(floe.url)
    await another.getByRole('textbox', { name: 'Your question' }).waitFor()
    await expect(another.locator('html')).toHaveAttribute('lang', 'en')
  })
})

test.describe('in a browser whose language the page does not speak', () => {
  test.use({ locale: 'fr-FR' })

  test('the page speaks English', async ({ floe }) => {
    await floe.open()
    await expect(floe.page.locator('html')).toHaveAttribute('lang', 'en')
    await expect(floe.page.getByRole('heading', { level: 1 })).toHaveText('What would you like to know?')
  })
})
