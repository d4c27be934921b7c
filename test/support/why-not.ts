/** Why a test that needs this is skipped; empty where it is there. With REQUIRE_ALL=1 its absence is an error. */
export function whyNot(isThere: boolean, name: string): string {
  if (isThere) return ''
  if (process.env['REQUIRE_ALL'] === '1') throw new Error(`${name} is not installed`)
  return ` (skipped: ${name} is not installed)`
}
