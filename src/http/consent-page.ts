import type { AppScope, Me } from '../contract/people.ts'
import { rightOfScope, type Right } from '../core/caller.ts'
import type { AccessRequest } from '../core/ports/authorization-server.ts'
import { escapeHtml } from './pages.ts'

export interface ConsentPage {
  readonly access: AccessRequest
  /** The person who is asked. */
  readonly me: Me
  readonly rights: readonly Right[]
  /** Proves that the form came from this page. */
  readonly formKey: string
}

const scopeWords: Readonly<Record<AppScope, string>> = {
  ask: 'Ask questions and run queries, as you',
  connections: 'Add, change and remove your connections, as you',
}

/** The page on which a person lets an app act for them, or does not: who asks, for what, and where the answer goes. */
export function renderConsent({ access: { app, scopes }, me, rights, formKey }: ConsentPage): string {
  const allowed = scopes.filter((scope) => rights.includes(rightOfScope[scope]))
  const beyond = scopes.filter((scope) => !allowed.includes(scope))
  const name = escapeHtml(app.name)
  const origin =
    app.publisher === null
      ? `The app calls itself “${name}”; Floe cannot check that. Go on only if you have just begun to connect it yourself.`
      : `The app is described by its maker at <strong>${escapeHtml(app.publisher)}</strong>.`
  const target =
    app.host === null
      ? `a program on <strong>your computer</strong>`
      : `the app at <strong>${escapeHtml(app.host)}</strong>`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Floe: Connect ${name}</title>
<link rel="stylesheet" href="../style.css">
<main>
<p class="brand">Floe</p>
<h1>Let “${name}” use Floe for you?</h1>
<p>${origin}</p>
<h2>It may</h2>
<ul>
<li>Read and arrange what is yours: conversations, results, settings and the names of your connections, never their passwords or keys</li>
${allowed.map((scope) => `<li>${scopeWords[scope]}</li>`).join('\n')}
</ul>
${beyond.length === 0 ? '' : `<p class="quiet">It also asks to do what your role does not allow: ${beyond.map((scope) => scopeWords[scope].toLowerCase()).join('; ')}. It cannot do that.</p>`}
<p>It never manages people or your account, and never does more than you may. What it does counts as done by you.</p>
<dl>
<dt>You are</dt><dd>${escapeHtml(me.name === '' ? (me.email ?? '') : me.name)}${me.email === null ? '' : ` (${escapeHtml(me.email)})`}</dd>
<dt>Access goes to</dt><dd>${target}</dd>
<dt>Ends</dt><dd>when you disconnect it on your <a href="../../account">account page</a></dd>
</dl>
<form method="post">
<input type="hidden" name="key" value="${escapeHtml(formKey)}">
<button name="answer" value="deny">Do not allow</button>
<button name="answer" value="allow" class="main">Allow</button>
</form>
</main>
</html>
`
}

/** The style of the page, a file of its own because the content policy allows no inline style. Colours as in the app. */
export const consentStyle = `:root { color-scheme: light dark; --app: #f4f6fa; --surface: #fff; --line: #d5dbe6; --strong: #707a8f; --fg: #171c26; --fg-2: #465062; --accent: #3558c8; --on-accent: #fff; font: 15px/1.6 Inter, system-ui, sans-serif }
@media (prefers-color-scheme: dark) { :root { --app: #0b0d12; --surface: #12161e; --line: #262d3a; --strong: #737d92; --fg: #e9ecf2; --fg-2: #b3bbc9; --accent: #3d66e0 } }
body { margin: 0; background: var(--app); color: var(--fg) }
main { max-width: 32rem; margin: 6vh auto; padding: 1.5rem; background: var(--surface); border: 1px solid var(--line); border-radius: 12px; overflow-wrap: anywhere }
@media (max-width: 34rem) { main { margin: 0; min-height: calc(100vh - 3rem); border: 0; border-radius: 0 } }
.brand { margin: 0; font-weight: 600; color: var(--fg-2) }
h1 { margin: .25rem 0 1rem; font-size: 1.35rem; line-height: 1.3 }
h2 { margin: 1rem 0 .25rem; font-size: 1rem }
ul { margin: 0; padding-left: 1.25rem } li { margin: .25rem 0 }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 1rem 0; padding: .75rem 0; border: solid var(--line); border-width: 1px 0 }
dt, .quiet { color: var(--fg-2) } dd { margin: 0 }
a { color: inherit }
form { display: flex; flex-wrap: wrap; gap: .75rem; justify-content: flex-end }
button { font: inherit; font-weight: 500; min-height: 2.75rem; padding: 0 1.25rem; border: 1px solid var(--strong); border-radius: 8px; background: transparent; color: inherit; cursor: pointer }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
`
