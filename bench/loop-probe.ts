// Loaded into a server under measurement (`node --import`). It answers any message with the longest stretch for which its event loop was held
// since the message before, in ms of processor time: a machine busy with other things then makes no difference.

const used = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

let before = used()
let longest = 0
const look = setInterval(() => {
  const now = used()
  longest = Math.max(longest, now - before)
  before = now
}, 1)
look.unref()

process.on('message', () => {
  process.send?.(longest)
  longest = 0
})
process.channel?.unref()
