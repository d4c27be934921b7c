import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { OpenAPI } from '@orpc/openapi'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { apiPrefix } from '../contract/api.ts'
import { problemCodes } from '../contract/problem.ts'
import { problem } from '../core/problem.ts'
import { refuseAddress } from './known-methods.ts'
import { statusOfProblem } from './problem-response.ts'

const programPaths = /^\/(?:api|mcp|oauth|\.well-known|healthz|readyz|metrics|assets)(?:\/|\?|$)/
const hashedFile = /\/assets\/[^/]+-[\w-]{8,}\.\w+(?:\.(?:br|gz))?$/

/**
 * Serves the built page from `webRoot`: files with a hash in their name for ever, the rest checked anew each time, and the
 * page itself for every address that a browser navigates to. Without `webRoot` there is no page, only the API. Under a `path` the page is told
 * of it, because its own addresses begin there.
 */
export async function addStaticSite(
  app: FastifyInstance,
  { webRoot, path }: { readonly webRoot: string | null; readonly path: string },
): Promise<void> {
  const moved = webRoot === null || path === '' ? null : movePage(await readFile(join(webRoot, pageFile), 'utf8'), path)
  if (webRoot !== null) {
    await app.register(fastifyStatic, {
      root: webRoot,
      preCompressed: true,
      cacheControl: false,
      dotfiles: 'ignore',
      index: moved === null ? [pageFile] : false,
      allowedPath: (address) => moved === null || address !== `/${pageFile}`,
      setHeaders: (reply, path) => {
        const isHashed = hashedFile.test(path.replaceAll('\\', '/'))
        void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  app.setNotFoundHandler(async (request, reply) => {
    if (!isNavigation(request)) throw refuseAddress(request, reply)
    if (webRoot === null)
      throw problem('not_found', 'This server was started without its page.', 'Build it with `npm run build`.')
    if (moved === null) return await reply.sendFile(pageFile)
    return await reply.type(htmlType).header('cache-control', 'no-cache').send(moved)
  })
}

const pageFile = 'index.html'

/** The page with its files below `path`, and with the path itself, as the build writes both for a host of its own. */
const movePage = (page: string, path: string): string =>
  page
    .replaceAll(/\b(href|src)="\/assets\//g, `$1="${escapeHtml(path)}/assets/`)
    .replace('name="floe-path" content=""', `name="floe-path" content="${escapeHtml(path)}"`)

const isNavigation = ({ method, url, headers }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') && !programPaths.test(url) && (headers.accept ?? '').includes('text/html')

/** `/api/v1/openapi.json` for programs, `/api/docs` for people; the document is made when first asked for. */
export function addDocsRoutes(
  app: FastifyInstance,
  { version, path }: { readonly version: string; readonly path: string },
): void {
  let made: Promise<OpenAPI.Document> | null = null
  // Loaded with the first request as well: what makes the document is large, and hardly ever needed.
  const make = async () => (await import('./openapi.ts')).describeApi(version, path)
  const document = (): Promise<OpenAPI.Document> => (made ??= make())

  app.get(`${apiPrefix}/openapi.json`, async () => await document())
  app.get('/api/docs', async (_request, reply) => reply.type(htmlType).send(renderDocs(await document())))
  app.get('/api/docs/style.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(docsStyle))
}

/** The style of `/api/docs`, a file of its own because the content policy allows no inline style. */
const docsStyle = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
section { border-top: 1px solid #8884; padding: .75rem 0 }
code, pre { font: .875rem/1.5 ui-monospace, monospace }
pre { overflow: auto; max-height: 24rem; padding: .75rem; background: #8882; border-radius: .5rem }
h2 { font-size: 1rem; margin: 0 } h2 code { font-weight: 600 }
table { border-collapse: collapse } td, th { text-align: left; padding: .25rem 1.5rem .25rem 0 }
`

/** The API as a page to read: every route of the document, its schemas and the codes of problems. No script, no outside file. */
function renderDocs(document: OpenAPI.Document): string {
  const routes = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item ?? {}).map(([method, operation]) => renderRoute(method, path, operation)),
  )
  const schemas = Object.entries(document.components?.schemas ?? {}).map(([name, schema]) => renderSchema(name, schema))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Floe API</title>
<link rel="stylesheet" href="docs/style.css">
</head>
<body>
<main>
<h1>Floe API ${escapeHtml(document.info.version)}</h1>
<p>${escapeHtml(document.info.description ?? '')} All addresses start with <code>/api/v1</code>.
The same as data: <a href="v1/openapi.json">openapi.json</a>.</p>
${routes.join('\n')}
<h1>Shapes</h1>
${schemas.join('\n')}
<h1>Problems</h1>
<table>
<tr><th>Code</th><th>Status</th></tr>
${problemCodes.map((code) => `<tr id="${code}"><td><code>${code}</code></td><td>${statusOfProblem[code]}</td></tr>`).join('\n')}
</table>
</main>
</body>
</html>
`
}

function renderRoute(method: string, path: string, operation: unknown): string {
  const { summary, description, ...rest } = operation as OpenAPI.OperationObject
  return `<section>
<h2><code>${escapeHtml(method.toUpperCase())} ${escapeHtml(path)}</code></h2>
<p>${escapeHtml([summary, description].filter((text) => text !== undefined).join('. '))}</p>
<details><summary>Parameters and answers</summary><pre>${escapeHtml(JSON.stringify(rest, null, 2))}</pre></details>
</section>`
}

const renderSchema = (name: string, schema: unknown): string =>
  `<section><h2><code>${escapeHtml(name)}</code></h2><details><summary>Schema</summary><pre>${escapeHtml(JSON.stringify(schema, null, 2))}</pre></details></section>`

/** The type of a page that the server writes. */
export const htmlType = 'text/html; charset=utf-8'

/** Text that a page shows as it is, in elements and in quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
