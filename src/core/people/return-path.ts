const longestPath = 2_000

/**
 * The path to return to after signing in: a path of this page, or `/` for anything that a browser could take for another site, or that
 * leads away from the page.
 */
export function chooseReturnPath(asked: string | null | undefined): string {
  if (asked === null || asked === undefined || asked.length > longestPath) return '/'
  // Browsers read a backslash as a slash and skip control characters.
  if (!/^\/[^\\\p{Cc}\p{Zs}]*$/u.test(asked)) return '/'
  const [path = ''] = asked.split(/[?#]/)
  return path.includes('//') || /^\/(?:auth|oauth|api|mcp)(?:\/|$)/i.test(path) ? '/' : asked
}
