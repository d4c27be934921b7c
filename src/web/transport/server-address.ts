/** The path that the server lies under where it shares its host with others, without a slash at its end; empty for a host of its own. */
export const serverPath = (): string => document.querySelector<HTMLMetaElement>('meta[name="floe-path"]')?.content ?? ''

/** Where the server's addresses begin. */
export const serverUrl = (): string => location.origin + serverPath()
