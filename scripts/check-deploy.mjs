// Checks what is under deploy/ with the tools that read it, which take minutes to build: `npm run deploy:check`. CONTRIBUTING.md says how they
// are got. The rendered chart goes into test/deploy/rendered, where the quick tests look at it.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashOfChart } from '../test/deploy/chart-hash.ts'
import { root } from './tree.mjs'

const helm = process.env.HELM ?? 'helm'
const validate = process.env.KUBERNETES_VALIDATE ?? 'kubernetes-validate'
const compose = process.env.DOCKER_COMPOSE ?? 'docker-compose'
const kubeVersion = '1.34.0'
const chart = join(root, 'deploy', 'helm', 'floe')
const rendered = join(root, 'test', 'deploy', 'rendered')
const folder = mkdtempSync(join(tmpdir(), 'floe-deploy-check-'))
const faults = []

/** Runs a tool; returns how it ended and all that it printed. */
function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (error) throw new Error(`${command} cannot be run (${error.code}): see CONTRIBUTING.md.`)
  return { ok: status === 0, out: stdout, told: `${stdout}${stderr}`.trim() }
}

function expect(what, isRight, told) {
  console.log(`${isRight ? 'ok' : 'FAILED'}: ${what}`)
  if (!isRight) faults.push(`${what}\n${told}`)
}

/** Without a schema of its own kind, a resource of an operator is left to that operator. */
const isBuiltIn = (document) => !document.includes('apiVersion: monitoring.coreos.com/')

function checkChart() {
  rmSync(rendered, { recursive: true, force: true })
  mkdirSync(rendered)
  for (const { name, values, refused } of JSON.parse(
    readFileSync(join(root, 'test/deploy/chart-cases.json'), 'utf8'),
  )) {
    const file = join(folder, 'values.json')
    writeFileSync(file, JSON.stringify({ publicUrl: 'https://floe.example.com', ...values }))
    const options = [chart, '--kube-version', kubeVersion, '-f', file]
    const made = run(helm, ['template', 'floe', ...options, '--namespace', 'floe'])
    if (refused !== undefined) {
      expect(`the chart refuses ${name}`, !made.ok && made.told.includes(refused), made.told)
      continue
    }
    const lint = run(helm, ['lint', '--strict', ...options])
    expect(`helm lint: ${name}`, lint.ok, lint.told)
    expect(`helm template: ${name}`, made.ok, made.told)
    const documents = made.out.split(/^---$/m).filter((document) => document.trim() !== '')
    const manifests = join(folder, 'manifests.yaml')
    writeFileSync(manifests, documents.filter(isBuiltIn).join('---\n'))
    const valid = run(validate, ['-k', kubeVersion.replace(/\.\d+$/, ''), '--strict', manifests])
    expect(`Kubernetes ${kubeVersion}: ${name}`, valid.ok, valid.told)
    writeFileSync(join(rendered, `${name.replaceAll(' ', '-')}.yaml`), made.out)
  }
  writeFileSync(join(rendered, 'chart.sha256'), `${hashOfChart()}\n`)
}

function checkCompose() {
  const file = join(root, 'deploy', 'compose', 'compose.yaml')
  const example = readFileSync(join(root, 'deploy', 'compose', '.env.example'), 'utf8')
  const filled = example.replaceAll(/^(POSTGRES_PASSWORD|GRAFANA_PASSWORD|SECRET_KEYS|OIDC_CLIENT_ID)=$/gm, '$1=some')
  for (const [name, settings, isRight] of [
    ['as filled in', filled, true],
    ['as it is copied', example, false],
  ]) {
    const env = join(folder, 'env')
    writeFileSync(env, settings)
    const text = readFileSync(file, 'utf8').replaceAll('env_file: [.env]', `env_file: [${env}]`)
    const copy = join(folder, 'compose.yaml')
    writeFileSync(copy, text)
    const checked = run(compose, ['--env-file', env, '-f', copy, '--profile', 'monitoring', 'config', '-q'])
    expect(`docker compose ${isRight ? 'takes' : 'refuses'} .env.example ${name}`, checked.ok === isRight, checked.told)
  }
}

checkChart()
checkCompose()
rmSync(folder, { recursive: true, force: true })
for (const fault of faults) console.error(`\n${fault}`)
process.exit(faults.length === 0 ? 0 : 1)
