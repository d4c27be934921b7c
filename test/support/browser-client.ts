/** Requests as a browser makes them within one profile: cookies are kept, redirects are not followed. */
export class BrowserClient {
  readonly cookies = new Map<string, string>()
  readonly origin: string

  constructor(origin: string) {
    this.origin = origin
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(path, this.origin)
    const isOwn = url.origin === this.origin
    const headers = new Headers(init.headers)
    if (isOwn) {
      headers.set('sec-fetch-site', headers.get('sec-fetch-site') ?? 'same-origin')
      headers.set('user-agent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36')
      const kept = [...this.cookies].map(([name, value]) => `${name}=${value}`)
      if (kept.length > 0 && !headers.has('cookie')) headers.set('cookie', kept.join('; '))
    }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    if (isOwn) this.#keep(response)
    return response
  }

  async json(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const response = await this.request(path, {
      method,
      headers: { origin: this.origin, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) }
  }

  /** Begins to sign in, and goes to the provider and back; the answer is the callback's. */
  async signIn(path = '/auth/sign-in'): Promise<Response> {
    const begun = await this.request(path)
    const provider = begun.headers.get('location')
    if (begun.status !== 303 || provider === null) return begun
    const back = await this.request(provider)
    return await this.request(back.headers.get('location') ?? '')
  }

  #keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const [name = '', value = ''] = pair.split('=')
      if (attributes.includes('Max-Age=0')) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
  }
}
