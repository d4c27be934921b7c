import type { Problem } from '../contract/problem.ts'
import { escapeHtml } from './pages.ts'

interface MessagePage {
  /** What the server lies under. */
  readonly path: string
  readonly title: string
  readonly paragraphs: readonly string[]
  readonly details?: readonly string[]
  /** Addresses below that path. */
  readonly links: readonly { readonly href: string; readonly text: string }[]
}

/** A page of a few sentences and links, for what the browser meets outside the app. */
export const renderMessage = ({ path, title, paragraphs, details = [], links }: MessagePage): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Floe: ${escapeHtml(title)}</title>
<link rel="stylesheet" href="${escapeHtml(path)}/api/docs/style.css">
<main>
<h1>${escapeHtml(title)}</h1>
${paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n')}
${details.map((detail) => `<p><code>${escapeHtml(detail)}</code></p>`).join('\n')}
${links.map(({ href, text }) => `<p><a href="${escapeHtml(path + href)}">${escapeHtml(text)}</a></p>`).join('\n')}
</main>
</html>
`

/** A problem in words, with where to go from there. */
export const renderProblem = (
  { message, action, details = [] }: Problem,
  title: string,
  path: string,
  links: MessagePage['links'],
): string => renderMessage({ path, title, paragraphs: [message, action], details, links })
