import { lackedChromium, lacksChromium } from './chromium-path.ts'
import { expect, person, test } from './people-test.ts'

test.skip(lacksChromium, lackedChromium)

test.describe('signing in', () => {
  test('leads back to the address that was asked for @every-size', async ({ visitor }) => {
    await visitor.visit('/account?from=a%20link#tokens')
    await expect(visitor.heading('Sign in to Floe')).toBeVisible()
    await expect(visitor.page).toHaveTitle('Sign in · Floe')
    await expect(visitor.page.getByRole('textbox')).toHaveCount(0)
    await visitor.expectAccessible()
    await visitor.signIn('ada')
    await expect(visitor.page).toHaveURL(/\/account\?from=a%20link#tokens$/)
    await expect(visitor.heading('Where you are signed in')).toBeVisible()
  })

  test('somebody of another domain is told so, and not sent round in circles', async ({ visitor, organisation }) => {
    let begun = 0
    visitor.page.on('request', (request) => {
      if (request.url().includes('/auth/sign-in')) begun += 1
    })
    await visitor.visit('/')
    organisation.issuer.says = person('eve', { email: 'eve@evil.example' })
    await visitor.page.getByRole('link', { name: 'Sign in' }).click()
    await expect(visitor.page.getByText('eve@evil.example may not use this Floe.')).toBeVisible()
    await visitor.page.getByRole('link', { name: 'Back to Floe' }).click()
    await expect(visitor.heading('Sign in to Floe')).toBeVisible()
    expect(begun).toBe(1)
    await visitor.signIn('ada')
    await expect(visitor.floe.question).toBeVisible()
  })
})

test.describe('being signed out', () => {
  test('in the middle of typing keeps what was typed, and leads back to it @every-size', async ({ visitor }) => {
    await visitor.visit('/')
    await visitor.signIn('cora')
    await visitor.floe.answer('How many orders are there?')
    const url = visitor.page.url()
    const opened = visitor.page.waitForEvent('websocket', { timeout: 2_000 }).catch(() => null)
    await visitor.floe.question.fill('and how many of them in 1996')
    await visitor.page.evaluate(`fetch('/api/v1/me/sessions', { method: 'DELETE' })`)
    const notice = visitor.page.getByRole('dialog', { name: 'You have been signed out' })
    await expect(notice).toBeVisible()
    await expect(visitor.page.getByRole('alert')).toHaveCount(0)
    await visitor.expectAccessible()
    await visitor.page.keyboard.press('Escape')
    await visitor.page.keyboard.press('Escape')
    await expect(notice).toBeVisible()
    expect(await opened, 'the socket is not opened again').toBeNull()
    await visitor.signIn('cora')
    expect(visitor.page.url()).toBe(url)
    await expect(visitor.floe.question).toHaveValue('and how many of them in 1996')
    await expect(visitor.floe.done).toBeVisible()
    await visitor.floe.question.press('Enter')
    await visitor.floe.run.click()
    await visitor.floe.done.waitFor()
  })

  test('a question that was sent too late is back in its box', async ({ visitor }) => {
    const line = { isOver: false }
    await visitor.page.routeWebSocket(/\/api\/v1\/socket$/, (socket) => {
      const server = socket.connectToServer()
      socket.onMessage((message) => {
        if (line.isOver) void socket.close({ code: 4401 })
        else server.send(message)
      })
    })
    await visitor.visit('/')
    await visitor.signIn('cora')
    line.isOver = true
    await visitor.floe.ask('How many orders were placed in 1996?')
    await expect(visitor.page.getByRole('dialog', { name: 'You have been signed out' })).toBeVisible()
    await visitor.signIn('cora')
    await expect(visitor.page).toHaveURL(/\/$/)
    await expect(visitor.floe.question).toHaveValue('How many orders were placed in 1996?')
  })

  test('is noticed by any request that is refused', async ({ visitor }) => {
    await visitor.visit('/')
    await visitor.signIn('cora')
    await visitor.page.getByRole('button', { name: /^Account: / }).click()
    // What the page asks for by itself while it opens would notice it before the link is pressed.
    await visitor.page.waitForLoadState('networkidle')
    await visitor.context.clearCookies()
    await visitor.page.getByRole('link', { name: 'Account' }).click()
    await expect(visitor.page.getByRole('dialog', { name: 'You have been signed out' })).toBeVisible()
    await visitor.signIn('cora')
    await expect(visitor.page).toHaveURL(/\/account$/)
  })

  test('from another browser closes this one, which goes on after signing in in another tab', async ({
    visitor,
    another,
  }) => {
    await visitor.visit('/')
    await visitor.signIn('dan')
    const elsewhere = await another()
    await elsewhere.visit('/account')
    await elsewhere.signIn('dan')
    const sessions = elsewhere.page.getByRole('list', { name: 'Sessions' }).getByRole('listitem')
    await expect(sessions).toHaveCount(2)
    await expect(sessions.filter({ hasText: 'This one' })).toHaveCount(1)
    await sessions.getByRole('button', { name: /^Sign out/ }).click()
    await expect(sessions).toHaveCount(1)
    await expect(elsewhere.heading('Where you are signed in')).toBeFocused()
    const notice = visitor.page.getByRole('dialog', { name: 'You have been signed out' })
    await expect(notice).toBeVisible()

    await visitor.floe.question.evaluate((box) => box.setAttribute('data-same-page', ''))
    const tab = await visitor.context.newPage()
    await tab.goto(`${visitor.floe.url}/account`)
    await tab.getByRole('link', { name: 'Sign in' }).click()
    await tab.getByRole('button', { name: 'Account: Dan Example' }).waitFor()
    await visitor.page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`)
    await expect(notice).toHaveCount(0)
    await expect(visitor.floe.question).toHaveAttribute('data-same-page', '')
    await visitor.floe.answer('How many orders are there?')
  })

  test('on purpose leaves nothing of the person, also not for the next one', async ({ visitor }) => {
    await visitor.visit('/')
    await visitor.signIn('cora')
    await visitor.floe.question.fill('a secret plan')
    const menu = visitor.page.getByRole('button', { name: 'Account: Cora Example' })
    await menu.click()
    await visitor.expectAccessible()
    await visitor.page.keyboard.press('Escape')
    await expect(visitor.page.getByRole('button', { name: 'Sign out' })).toBeHidden()
    await menu.click()
    await visitor.page.getByRole('button', { name: 'Sign out' }).click()
    await expect(visitor.heading('Sign in to Floe')).toBeVisible()
    await visitor.page.goBack()
    await expect(visitor.heading('Sign in to Floe')).toBeVisible()
    await visitor.visit('/')
    await visitor.signIn('dan')
    await expect(visitor.floe.question).toHaveValue('')
  })

  test('somebody else who signs in does not find what was being typed', async ({ visitor }) => {
    await visitor.visit('/')
    await visitor.signIn('cora')
    await visitor.floe.question.fill('a secret plan')
    await visitor.page.evaluate(`fetch('/api/v1/me/sessions', { method: 'DELETE' })`)
    await expect(visitor.page.getByRole('dialog', { name: 'You have been signed out' })).toBeVisible()
    await visitor.signIn('dan')
    await expect(visitor.page.getByRole('button', { name: 'Account: Dan Example' })).toBeVisible()
    await expect(visitor.floe.question).toHaveValue('')
  })
})

test('admins read what people said about answers, with the query and without the rows @every-size', async ({
  visitor,
}) => {
  const { floe, page } = visitor
  await visitor.visit('/')
  await visitor.signIn('ada')
  await floe.answer('How many orders were placed per year?')
  await floe.turn.getByRole('button', { name: 'Bad answer' }).click()
  await floe.turn.getByRole('checkbox', { name: 'The numbers are wrong' }).check()
  await floe.turn.getByRole('textbox', { name: 'In your own words' }).fill('Returned orders count.')
  await floe.turn.getByRole('button', { name: 'Send' }).click()
  await expect(floe.turn.getByRole('button', { name: 'What you said' })).toBeVisible()
  await visitor.visit('/audit')
  const entry = page.getByRole('list', { name: 'Feedback' }).getByRole('listitem').first()
  await expect(entry).toContainText('The numbers are wrong')
  await expect(entry).toContainText('“Returned orders count.”')
  await entry.getByText('The query').click()
  await expect(entry.getByRole('group', { name: 'SQL text' })).toContainText('SELECT')
  await visitor.expectAccessible()
})
