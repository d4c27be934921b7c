// Prints the bill of materials of what reaches people, as CycloneDX: npm's own list, without the tools of development and with
// what the page is built from. The page's packages are development dependencies, because the build puts them into its files.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './tree.mjs'

const readJson = (name) => JSON.parse(readFileSync(join(root, name), 'utf8'))
const { packages } = readJson('package-lock.json')
const kept = new Set(listShippedPlaces().map((place) => `${nameOf(place)}@${packages[place].version}`))
const { name, version } = readJson('package.json')
const own = `${name}@${version}`
const all = listPackages()
const isDevelopment = (property) => property.name === 'cdx:npm:package:development'
process.stdout.write(
  `${JSON.stringify(
    {
      ...all,
      // npm calls the program after its folder.
      metadata: { ...all.metadata, component: { ...all.metadata.component, name } },
      components: all.components
        .filter((component) => kept.has(component['bom-ref']))
        .map(({ properties = [], ...component }) => ({
          ...component,
          properties: properties.filter((property) => !isDevelopment(property)),
        })),
      dependencies: all.dependencies
        .filter(({ ref }) => ref === own || kept.has(ref))
        .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) })),
    },
    null,
    2,
  )}\n`,
)

/** Every package of the lockfile, as npm lists them. */
function listPackages() {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const made = spawnSync(npm, ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64e6,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (made.status === 0) return JSON.parse(made.stdout)
  console.error('npm could not list the packages; npm 9.5 or later can.')
  process.exit(1)
}

/** The places in the lockfile of all packages that the server needs or the page contains. */
function listShippedPlaces() {
  const { dependencies, optionalDependencies } = packages['']
  const names = [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...listImportsOfPage()]
  const places = new Set(names.map((each) => findPlace('', each)).filter((place) => place !== undefined))
  // What is added while the set is walked is walked as well.
  for (const place of places) {
    for (const each of needsOf(packages[place])) {
      const found = findPlace(place, each)
      if (found !== undefined) places.add(found)
    }
  }
  return [...places]
}

/** The packages that the page imports: code, styles and fonts. */
function listImportsOfPage() {
  const folder = join(root, 'src', 'web')
  const pattern = /(?:from|import|url)\s*\(?\s*'([@a-z][^':]*)'/g
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:tsx?|css)$/.test(path) && !/\.test(?:-[a-z]+)?\.tsx?$/.test(path))
    .flatMap((path) => [...readFileSync(join(folder, path), 'utf8').matchAll(pattern)])
    .map(([, specifier]) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'))
}

/** What a package needs where it runs. */
function needsOf({ dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} }) {
  const peers = Object.keys(peerDependencies).filter((each) => peerDependenciesMeta[each]?.optional !== true)
  return [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...peers]
}

/** The place that a package finds another at, as Node looks for it; undefined for one that is not in the lockfile. */
function findPlace(from, wanted) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${wanted}`
    if (packages[place] !== undefined) return place
    if (folder === '') return undefined
  }
}

function nameOf(place) {
  return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)
}
