import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: [
    './src/adapters/postgres/schema.ts',
    './src/adapters/postgres/people-schema.ts',
    './src/adapters/postgres/groups-schema.ts',
    './src/adapters/postgres/models-schema.ts',
    './src/adapters/postgres/oauth-schema.ts',
    './src/adapters/postgres/shares-schema.ts',
    './src/adapters/postgres/favorites-schema.ts',
  ],
  out: './src/adapters/postgres/migrations',
})
