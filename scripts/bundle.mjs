// Bundles the server: the program, its workers and its child processes become files side by side in dist, beside the parts they share.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { rolldown } from 'rolldown'
import { root } from './tree.mjs'

/** Packages that stay outside: they are native code, or find their WebAssembly beside themselves. `pg` looks for the last one and goes on without it. */
export const outside = [
  /^@duckdb\//,
  /^@electric-sql\/pglite(?:\/|$)/,
  /^@guanmingchiu\/sqlparser-ts/,
  /^@polyglot-sql\/sdk/,
  /^pg-native$/,
]

/**
 * What sources load as CommonJS while they run becomes a `require` that the bundler follows. Line for line, so that source maps stay right.
 * In the bundle `axios` is then the very copy that the driver uses: the build ends where there are two.
 */
const loaded = {
  'adapters/postgres/drizzle.ts': [
    ['const load = createRequire(import.meta.url ?? __filename)', ''],
    ["load('drizzle-orm')", "require('drizzle-orm')"],
    ["load('drizzle-orm/pg-core')", "require('drizzle-orm/pg-core')"],
    ["load('drizzle-orm/node-postgres')", "require('drizzle-orm/node-postgres')"],
  ],
  'adapters/snowflake/session/sign-in.ts': [
    ["createRequire(import.meta.resolve('snowflake-sdk'))('axios')", "require('axios')"],
  ],
}

/** Writes the bundle into `folder` and returns the files that it is made of. Throws where something would not be found at run time. */
export async function bundleServer(folder) {
  const bundle = await rolldown({
    cwd: root,
    input: { main: 'src/main.ts', ...findStarted() },
    platform: 'node',
    external: outside,
    // The Snowflake driver looks for its own version there, and gets it from its package's text otherwise.
    transform: { define: { __dirname: 'import.meta.dirname' } },
    plugins: [followLoaded, takeBuiltins, keepOneByte],
    onLog: (level, log) => {
      // Two packages hold an `eval` that Floe's paths do not reach.
      if (level === 'warn' && log.code !== 'EVAL') throw new Error(`The bundle: ${log.message}`)
    },
  })
  const { output } = await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'part-[name]-[hash].js',
    sourcemap: true,
    // Lines stay as they are, for readable stack traces; licences are in a file of their own.
    minify: false,
    comments: { legal: false, annotation: false, jsdoc: false },
  })
  await bundle.close()
  const files = output.flatMap((chunk) => Object.keys(chunk.modules ?? {}))
  const clients = files.filter((file) => /[\\/]axios[\\/](?:dist[\\/]node[\\/]axios\.cjs|index\.js)$/.test(file))
  if (clients.length !== 1) throw new Error(`The bundle holds ${clients.length} copies of axios.`)
  return files
}

/** Every module that a source starts as a worker or a child process, by its name. */
function findStarted() {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !/\.test(?:-[a-z]+)?\.ts$/.test(path),
  )
  const started = {}
  for (const path of sources) {
    const text = readFileSync(join(root, 'src', path), 'utf8')
    for (const [, name] of text.matchAll(/siblingModule\('([\w-]+)'/g)) {
      if (started[name] !== undefined) throw new Error(`Two modules named ${name} are started; the bundle needs one.`)
      started[name] = join('src', dirname(path), `${name}.ts`)
    }
  }
  return started
}

const followLoaded = {
  name: 'follow-loaded',
  transform(code, id) {
    const path = id.replace(join(root, 'src') + sep, '').replaceAll(sep, '/')
    const replaced = loaded[path]
    if (replaced === undefined) return null
    for (const [written, bundled] of replaced) {
      if (!code.includes(written)) throw new Error(`${basename(id)} no longer says ${written}`)
      code = code.replace(written, bundled)
    }
    return { code, map: null }
  },
}

const builtinImport = /^import (?:(\w[\w$]*)(?:, )?)?(?:\{ ([^}]+) \})? from "(node:(?!module)[\w/]+)";$/gm

/**
 * Takes what Node brings as the object it is. An `import` of it reads every one of its values once, and so loads what Node keeps back until it is
 * used: all of `fetch` stands behind a value of `node:http`. Line for line, so that source maps stay right.
 */
const takeBuiltins = {
  name: 'take-builtins',
  renderChunk(code) {
    const taken = code.replaceAll(builtinImport, (_line, whole, names, builtin) => {
      const object = `process.getBuiltinModule("${builtin}")`
      return [
        ...(whole === undefined ? [] : [`var ${whole} = ${object};`]),
        ...(names === undefined ? [] : [`var { ${names.replaceAll(' as ', ': ')} } = ${object};`]),
      ].join(' ')
    })
    return { code: taken, map: null }
  },
}

const beyondAscii = /[\u0080-\uffff]/g
const escapeLetter = (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`

/** V8 keeps a text with one letter beyond Latin-1 in two bytes a letter. Escapes mean the same, but for the raw text of templates. */
const keepOneByte = {
  name: 'keep-one-byte',
  renderChunk: {
    order: 'post',
    handler(code, { fileName }) {
      const raw = code.match(/String\.raw`[^`]*`/g) ?? []
      if (raw.some((text) => text.search(beyondAscii) >= 0))
        throw new Error(`${fileName} holds a raw template with letters beyond ASCII. Put them into a plain string.`)
      return { code: code.replaceAll(beyondAscii, escapeLetter), map: null }
    },
  },
}
