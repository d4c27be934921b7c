import type { Problem } from '../contract/problem.ts'

/** Shorter values would be found in ordinary words. */
const shortestSecret = 6
/** A quoted secret may be cut short; this much of its beginning identifies it. */
const recognisedLength = 12
/** A JSON web token. One made from a private key at sign-in is known nowhere else. */
const signedToken = /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]+)?/g

/** Replaces secrets in use in text that others wrote and that leaves the program: problems, events, log lines. */
export class Redactor {
  /** Each secret as it is, as part of a URL and as part of JSON. */
  readonly #forms = new Set<string>()

  /** Null and values too short for a secret are ignored. */
  add(secret: string | null): void {
    if (secret === null || secret.length < shortestSecret) return
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) this.#forms.add(form)
  }

  text(text: string): string {
    let clean = text.replaceAll(signedToken, '[token]')
    for (const form of this.#forms) clean = withoutForm(clean, form)
    return clean
  }

  problem(problem: Problem): Problem {
    const clean = { ...problem, message: this.text(problem.message), action: this.text(problem.action) }
    return problem.details === undefined ? clean : { ...clean, details: problem.details.map((line) => this.text(line)) }
  }
}

function withoutForm(text: string, form: string): string {
  const beginning = form.slice(0, recognisedLength)
  let clean = ''
  let from = 0
  for (;;) {
    const at = text.indexOf(beginning, from)
    if (at < 0) return clean + text.slice(from)
    let length = beginning.length
    while (length < form.length && text[at + length] === form[length]) length += 1
    clean += `${text.slice(from, at)}[secret]`
    from = at + length
  }
}
