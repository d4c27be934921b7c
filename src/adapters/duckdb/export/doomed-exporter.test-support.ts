import type { ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { makeExportProcesses } from './export-processes.ts'

// A program that has an exporting process wait and tells its process id: to be killed by a test.
process.once('message', () => {
  subscribe('child_process', (started) => {
    const { process: child } = started as { readonly process: ChildProcess }
    child.once('spawn', () => process.send?.({ pid: child.pid }))
  })
  makeExportProcesses().prepare()
})
// Waits until it is killed.
process.on('message', () => undefined)
