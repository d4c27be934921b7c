/** The storage services where Snowflake keeps results. */
const storage = [
  /^(?:[\w.-]+\.)?s3(?:[.-][a-z\d-]+)*\.amazonaws\.com(?:\.cn)?$/,
  /^[\w-]+\.blob\.core\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)$/,
  /^storage\.googleapis\.com$/,
  /^[\w.-]+\.(?:snowflakecomputing\.(?:com|cn)|snowflake\.app)$/,
]

/**
 * Whether a piece of a result may be fetched from there: Snowflake's storage over TLS, or the account itself. Everything else in an answer is
 * a way to make this machine ask other machines.
 */
export function isResultUrl(url: URL, accountUrl: string, allowedOrigins: readonly string[]): boolean {
  if (url.origin === new URL(accountUrl).origin || allowedOrigins.includes(url.origin)) return true
  return url.protocol === 'https:' && url.port === '' && storage.some((host) => host.test(url.hostname))
}
