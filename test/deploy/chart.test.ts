import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { configNames } from '../../src/config.ts'
import { hashOfChart } from './chart-hash.ts'

const chart = resolve(import.meta.dirname, '..', '..', 'deploy', 'helm', 'floe')
const rendered = join(import.meta.dirname, 'rendered')

const Probe = z.object({
  httpGet: z.object({ path: z.string(), port: z.literal('http') }),
  failureThreshold: z.number(),
})
const Container = z.object({
  image: z.string(),
  args: z.array(z.string()).optional(),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    runAsNonRoot: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  envFrom: z.tuple([z.object({ secretRef: z.object({ name: z.string() }) })]),
  env: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  resources: z.object({
    requests: z.object({ cpu: z.string(), memory: z.string(), 'ephemeral-storage': z.string() }),
    limits: z.object({ memory: z.string(), 'ephemeral-storage': z.string() }),
  }),
  startupProbe: Probe.optional(),
  readinessProbe: Probe.optional(),
  livenessProbe: Probe.optional(),
  lifecycle: z.object({ preStop: z.object({ sleep: z.object({ seconds: z.number() }) }) }).optional(),
})
/** What the level "restricted" of the Pod Security Standards asks of a Pod, and what Floe asks besides. */
const Pod = z.object({
  serviceAccountName: z.string(),
  automountServiceAccountToken: z.literal(false),
  terminationGracePeriodSeconds: z.number().optional(),
  securityContext: z.object({
    runAsNonRoot: z.literal(true),
    runAsUser: z.number().min(1),
    seccompProfile: z.object({ type: z.literal('RuntimeDefault') }),
  }),
  containers: z.tuple([Container]),
  volumes: z.array(
    z.union([
      z.strictObject({ name: z.string(), emptyDir: z.object({ sizeLimit: z.string() }) }),
      z.strictObject({ name: z.string(), persistentVolumeClaim: z.object({ claimName: z.string() }) }),
    ]),
  ),
})
const Resource = z.looseObject({
  kind: z.string(),
  metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).optional() }),
  automountServiceAccountToken: z.boolean().optional(),
  spec: z.looseObject({}).optional(),
})

const read = (name: string): readonly z.infer<typeof Resource>[] =>
  parseAllDocuments(readFileSync(join(rendered, name), 'utf8')).map((document) => Resource.parse(document.toJS()))

/** The Pods that a case makes, by the kind of what makes them. */
const podsOf = (resources: readonly z.infer<typeof Resource>[]) => {
  const Made = z.object({ template: z.object({ spec: Pod }) })
  const Scheduled = z.object({ jobTemplate: z.object({ spec: Made }) })
  return resources
    .filter(({ kind }) => ['Deployment', 'Job', 'CronJob'].includes(kind))
    .map(({ kind, spec }) => {
      const made = kind === 'CronJob' ? Scheduled.parse(spec).jobTemplate.spec : Made.parse(spec)
      return { kind, pod: made.template.spec, container: made.template.spec.containers[0] }
    })
}

test('the rendered chart is that of now: npm run deploy:check renders it', () => {
  expect(readFileSync(join(rendered, 'chart.sha256'), 'utf8').trim()).toBe(hashOfChart())
})

const cases = readdirSync(rendered).filter((name) => name.endsWith('.yaml'))
describe.each(cases)('the chart rendered for %s', (name) => {
  const resources = read(name)
  const pods = podsOf(resources)

  test('runs Pods that are restricted, without a token and within limits', () => {
    expect(pods.length).toBeGreaterThan(0)
    for (const { automountServiceAccountToken: token } of resources.filter(({ kind }) => kind === 'ServiceAccount'))
      expect(token).toBe(false)
    const accounts = resources.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name)
    for (const { pod } of pods) expect(accounts).toContain(pod.serviceAccountName)
  })

  test('holds no secret, and sets only what Floe reads', () => {
    expect(resources.filter(({ kind }) => kind === 'Secret')).toEqual([])
    for (const { container } of pods) {
      expect(container.envFrom[0].secretRef.name).toBe('floe')
      const names = container.env.map((variable) => variable.name)
      expect(names.filter((variable) => !configNames.includes(variable))).toEqual([])
      expect(names.filter((variable) => /URL$|KEY|SECRET|TOKEN/.test(variable))).toEqual(['PUBLIC_URL'])
    }
  })

  test('asks the server what each probe is about, and leaves it time to stop', () => {
    const server = pods.find(({ kind }) => kind === 'Deployment')
    expect(server?.container.startupProbe?.httpGet.path).toBe('/healthz')
    expect(server?.container.livenessProbe?.httpGet.path).toBe('/healthz')
    expect(server?.container.readinessProbe?.httpGet.path).toBe('/readyz')
    const pause = server?.container.lifecycle?.preStop.sleep.seconds ?? 0
    expect(pause).toBeGreaterThan(0)
    expect(server?.pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(pause + 10)
  })

  test('has a budget for disruptions', () => {
    expect(resources.map(({ kind }) => kind)).toContain('PodDisruptionBudget')
  })
})

const kindsOf = (name: string): readonly string[] =>
  read(name)
    .map(({ kind }) => kind)
    .toSorted()

test('parts come and go with their values', () => {
  const always = ['Deployment', 'PodDisruptionBudget', 'Service', 'ServiceAccount']
  const usual = [...always, 'HorizontalPodAutoscaler', 'Job', 'NetworkPolicy', 'ServiceAccount']
  expect(kindsOf('usual.yaml')).toEqual(usual.toSorted())
  expect(kindsOf('least.yaml')).toEqual([...always, 'Ingress'].toSorted())
  expect(kindsOf('everything.yaml')).toEqual([...usual, 'CronJob', 'Ingress', 'ServiceMonitor'].toSorted())
})

test('the store is migrated before new copies start, by an account that is there by then', () => {
  const hooks = read('usual.yaml').filter(({ metadata }) => metadata.annotations?.['helm.sh/hook'] !== undefined)
  expect(hooks.map(({ kind, metadata }) => [kind, metadata.annotations?.['helm.sh/hook']])).toEqual([
    ['ServiceAccount', 'pre-install,pre-upgrade'],
    ['Job', 'pre-install,pre-upgrade'],
  ])
  const job = podsOf(hooks)[0]
  expect(job?.container.args).toEqual(['admin', 'migrate'])
  expect(job?.pod.serviceAccountName).toBe(hooks[0]?.metadata.name)
})

test('a digest counts before a tag, and the address of instances is out of reach unless it is allowed', () => {
  expect(podsOf(read('everything.yaml'))[0]?.container.image).toMatch(/@sha256:[0-9a-f]{64}$/)
  const policy = (name: string): string => JSON.stringify(read(name).find(({ kind }) => kind === 'NetworkPolicy')?.spec)
  expect(policy('usual.yaml')).toContain('"except":["169.254.169.254/32"]')
  expect(policy('everything.yaml')).not.toContain('except')
})

test('every value of the chart is in its schema', () => {
  const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')) as { properties: object }
  const [values] = parseAllDocuments(readFileSync(join(chart, 'values.yaml'), 'utf8')).map(
    (document) => document.toJS() as object,
  )
  const known = Object.keys(schema.properties)
  expect(Object.keys(values ?? {}).filter((name) => !known.includes(name))).toEqual([])
})
