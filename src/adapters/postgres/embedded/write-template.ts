import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { packFolder } from './folder-archive.ts'
import { clusterOf } from './prepare-folder.ts'
import { startEngine } from './embedded-source.ts'

/** Writes an archive of an empty cluster, from which a new data folder is made in a fraction of initdb's time and memory. */
export async function writeTemplate(path: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'floe-template-'))
  try {
    await startEngine({ dir, templatePath: null, task: 'make' }, () => undefined)
    mkdirSync(dirname(path), { recursive: true })
    await packFolder(clusterOf(dir), path)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
