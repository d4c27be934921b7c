/** What a process may use besides the engine's own limit, which leaves out values that are being computed. */
const roomBesidesMb = 768
const lookEveryMs = 250

/** Ends this process once it outgrows the engine's limit and some room, so that it does not take the server's. */
export function watchMemory(engineLimitMb: number): void {
  const limitMb = engineLimitMb + roomBesidesMb
  setInterval(() => {
    if (process.memoryUsage.rss() <= limitMb * 1024 ** 2) return
    process.stderr.write(`The engine needs more than ${limitMb} MiB and is ended.\n`)
    process.kill(process.pid, 'SIGKILL')
  }, lookEveryMs).unref()
}
