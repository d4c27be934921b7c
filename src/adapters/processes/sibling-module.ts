/** The URL of a module beside `base`, for workers and child processes: `.ts` when run from source, `.js` when built. */
export const siblingModule = (name: string, base: string): URL =>
  new URL(`./${name}${base.endsWith('.ts') ? '.ts' : '.js'}`, base)
