// Builds the server into dist and the page into dist/web.
import { cpSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build as buildPage } from 'vite'
import { bundleServer } from './bundle.mjs'
import { writeLicences } from './licences.mjs'
import { root, startBuild } from './tree.mjs'

const finishBuild = startBuild()
const dist = join(root, 'dist')
const files = []

/** Notes what the page is made of: modules, and the fonts that styles name. */
const noteFiles = {
  name: 'note-files',
  generateBundle(_options, bundle) {
    files.push(...this.getModuleIds())
    for (const { originalFileNames = [] } of Object.values(bundle))
      files.push(...originalFileNames.map((name) => resolve(root, 'src', 'web', name)))
  },
}

rmSync(dist, { recursive: true, force: true })
const [server] = await Promise.all([
  bundleServer(dist),
  buildPage({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn', plugins: [noteFiles] }),
])
writeLicences([...server, ...files], join(dist, 'THIRD-PARTY-LICENSES'))
cpSync(join(root, 'src', 'adapters', 'postgres', 'migrations'), join(dist, 'migrations'), { recursive: true })

// An empty embedded database, so that a first start need not make one.
const { writeTemplate } = await import(new URL('../src/adapters/postgres/embedded/write-template.ts', import.meta.url))
await writeTemplate(join(dist, 'embedded-template.tar.gz'))
finishBuild()
