import type { Services } from '../core/services.ts'
import type { CliNeeds } from './cli-io.ts'

/** Opens the services for one piece of work and closes them after it, however it ends. */
export async function withServices<T>(needs: CliNeeds, work: (services: Services) => Promise<T>): Promise<T> {
  const services = await needs.openServices()
  try {
    return await work(services)
  } finally {
    await services.close()
  }
}
