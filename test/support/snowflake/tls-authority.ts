import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { doublePython } from './installed-double.ts'

/** A certificate authority of our own, as a company's TLS inspection has one, and a certificate of hosts signed by it. */
export interface TlsAuthority {
  /** The path of the authority's certificate, for NODE_EXTRA_CA_CERTS. */
  readonly caFile: string
  readonly key: string
  readonly cert: string
  readonly remove: () => void
}

const script = `
import datetime, pathlib, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

folder, hosts = pathlib.Path(sys.argv[1]), sys.argv[2:]
now = datetime.datetime.now(datetime.timezone.utc)

def make(name, issuer, key, signer, extension):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
    return builder.not_valid_after(now + datetime.timedelta(days=1)).add_extension(extension, True).sign(signer, hashes.SHA256())

def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)

ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
ca = make("Inspection of a company", None, ca_key, ca_key, x509.BasicConstraints(True, None))
names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
(folder / "ca.pem").write_bytes(pem(ca))
(folder / "cert.pem").write_bytes(pem(make(hosts[0][:60], ca.subject, key, ca_key, names)))
(folder / "key.pem").write_bytes(
    key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
)
`

/** Makes an authority and a certificate that it has signed for these hosts. Needs the double's Python. */
export function makeTlsAuthority(hosts: readonly string[]): TlsAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'floe-authority-'))
  execFileSync(doublePython, ['-c', script, folder, ...hosts])
  return {
    caFile: join(folder, 'ca.pem'),
    key: readFileSync(join(folder, 'key.pem'), 'utf8'),
    cert: readFileSync(join(folder, 'cert.pem'), 'utf8'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
