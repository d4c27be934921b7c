import type { FastifyInstance } from 'fastify'
import { problem } from '../core/problem.ts'

export interface ListenOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
}

/** Starts listening and returns the address to open. Throws `cannot_listen` when the port or the address is not to be had. */
export async function listen(app: FastifyInstance, { host, port }: ListenOptions): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    throw explain(error, host, port)
  }
}

function explain(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  switch (code) {
    case 'EADDRINUSE':
      return problem(
        'cannot_listen',
        `Port ${port} on ${host} is in use by another program.`,
        `Stop that program, or choose another port: PORT=${port + 1}.`,
        { cause: error },
      )
    case 'EACCES':
      return problem(
        'cannot_listen',
        `This user may not listen on port ${port}.`,
        'Choose a port from 1024 up, for example PORT=3000.',
        { cause: error },
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return problem(
        'cannot_listen',
        `${host} is not an address of this machine.`,
        'Set HOST to one that is, for example HOST=127.0.0.1.',
        { cause: error },
      )
    default:
      return error
  }
}
