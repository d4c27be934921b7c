import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate and its key, as files and as text. */
export interface Certificate {
  readonly certFile: string
  readonly keyFile: string
  readonly cert: string
  readonly key: string
}

/** A certificate authority of our own, as companies have one. */
export interface TlsAuthority {
  /** The path of the authority's certificate, for NODE_EXTRA_CA_CERTS and its like. */
  readonly caFile: string
  /** Signs a certificate for this name, which is valid for these places, such as `DNS:a.example,IP:127.0.0.1`; a client's has none. */
  readonly issue: (name: string, places?: string) => Certificate
  readonly remove: () => void
}

/** Makes an authority in a temporary folder. */
export function makeTlsAuthority(): TlsAuthority {
  const dir = mkdtempSync(join(tmpdir(), 'floe-authority-'))
  const make = (file: string, args: readonly string[]): Certificate => {
    const [certFile, keyFile] = [join(dir, `${file}.pem`), join(dir, `${file}.key`)]
    const base = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
    execFileSync('openssl', [...base, '-keyout', keyFile, '-out', certFile, ...args], { stdio: 'pipe' })
    return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
  }
  const own = make('authority', ['-subj', '/CN=Authority of a test'])
  let issued = 0
  return {
    caFile: own.certFile,
    issue: (name, places) => {
      issued += 1
      const more = places === undefined ? [] : ['-addext', `subjectAltName=${places}`]
      const signer = ['-CA', own.certFile, '-CAkey', own.keyFile, '-addext', 'basicConstraints=critical,CA:FALSE']
      return make(`issued-${issued}`, ['-subj', `/CN=${name}`, ...signer, ...more])
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}
