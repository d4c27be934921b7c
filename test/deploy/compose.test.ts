import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { configNames } from '../../src/config.ts'
import { proxyMissing } from '../support/tls-proxy.ts'

const folder = resolve(import.meta.dirname, '..', '..', 'deploy', 'compose')
const text = readFileSync(join(folder, 'compose.yaml'), 'utf8')
const example = readFileSync(join(folder, '.env.example'), 'utf8')

/** What every service of the stack has, whatever else it says. */
const Hardened = z.looseObject({
  image: z.string().regex(/^\$\{\w+_IMAGE:-/, 'must be an image that .env can pin'),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  cap_add: z.array(z.literal('NET_BIND_SERVICE')).optional(),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  mem_limit: z.string(),
  pids_limit: z.number(),
  restart: z.literal('unless-stopped'),
  stop_grace_period: z.string().regex(/^\d+s$/),
  healthcheck: z.object({ test: z.array(z.string()) }),
  networks: z.array(z.enum(['front', 'back'])),
  ports: z.array(z.string()).optional(),
  profiles: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  privileged: z.never().optional(),
  network_mode: z.never().optional(),
})
const { services, networks } = z
  .looseObject({ services: z.record(z.string(), Hardened), networks: z.record(z.string(), z.looseObject({})) })
  .parse(parse(text, { merge: true }))

describe.each(Object.entries(services))('the service %s', (name, service) => {
  test('has 15 seconds to stop, and what it publishes is meant to be', () => {
    expect(Number.parseInt(service.stop_grace_period, 10)).toBeGreaterThanOrEqual(15)
    const published = { proxy: 2, grafana: 1 }[name] ?? 0
    expect(service.ports ?? []).toHaveLength(published)
  })

  test('sets only what Floe reads', () => {
    if (!service.image.includes('FLOE_IMAGE')) return
    const unknown = Object.keys(service.environment ?? {}).filter((variable) => !configNames.includes(variable))
    expect(unknown).toEqual([])
  })
})

test('there are two copies, and what stores is reached from inside only', () => {
  expect(Object.keys(services).filter((name) => name.startsWith('app-'))).toEqual(['app-1', 'app-2'])
  expect(networks['back']?.['internal']).toBe(true)
  for (const name of ['postgres', 'redis', 'backup']) expect(services[name]?.networks).toEqual(['back'])
  for (const name of ['prometheus', 'alertmanager', 'grafana']) expect(services[name]?.profiles).toEqual(['monitoring'])
})

test('alerts go nowhere before somebody says where', () => {
  const file = readFileSync(join(folder, '..', 'monitoring', 'alertmanager.yml'), 'utf8')
  const receivers = file.split('\nreceivers:')[1]
  expect(receivers?.replaceAll(/^\s*#.*$/gm, '')).not.toMatch(/https?:|localhost|127\.|_configs/)
})

test('.env.example names every variable of the stack, and what has to be set has no default', () => {
  const used = new Map([...text.matchAll(/\$\{(\w+)(:\?)?/g)].map(([, name = '', must]) => [name, must !== undefined]))
  const named = new Map(
    [...example.matchAll(/^(# )?(\w+)=(.*)$/gm)].map(([, off, name = '', value]) => [name, off ?? value]),
  )
  expect([...used.keys()].filter((name) => !named.has(name))).toEqual([])
  const stackOnly = /^(?:FLOE_|POSTGRES_|CADDY_|REDIS_IMAGE|PROMETHEUS_|ALERTMANAGER_|GRAFANA_|BACKUP_)/
  const unread = [...named.keys()].filter(
    (name) => !used.has(name) && !stackOnly.test(name) && !configNames.includes(name),
  )
  expect(unread).toEqual([])
  for (const name of ['POSTGRES_PASSWORD', 'GRAFANA_PASSWORD', 'SECRET_KEYS', 'OIDC_CLIENT_ID'])
    expect([used.get(name), named.get(name)]).toEqual([true, ''])
})

const caddy = proxyMissing('caddy')
test.skipIf(caddy !== null)(`Caddy takes the Caddyfile${caddy === null ? '' : `: ${caddy}`}`, () => {
  const args = ['validate', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')]
  for (const tls of ['internal', 'ops@example.com']) {
    const env = { ...process.env, FLOE_HOST: 'floe.example.com', FLOE_TLS: tls, HOME: '/tmp' }
    const { status, stderr } = spawnSync('caddy', args, { env, encoding: 'utf8' })
    expect({ status, stderr }).toMatchObject({ status: 0 })
  }
})
