import { resolve } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const root = resolve(import.meta.dirname, 'src/web')

export default defineConfig({
  root,
  plugins: [react(), tailwindcss()],
  // Files name each other relative to themselves, so that the page alone has to be told which path it lies under.
  experimental: { renderBuiltUrl: (_file, { hostType }) => (hostType === 'html' ? undefined : { relative: true }) },
  build: {
    outDir: resolve(import.meta.dirname, 'dist/web'),
    emptyOutDir: true,
    // Inlined assets are data: URLs, which the page's content security policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    chunkSizeWarningLimit: 700,
    // What the first load needs is one file: cut into the parts that others share it compresses worse.
    // What draws charts is another, without what only long charts and pictures of them need.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'first', tags: ['$initial'], priority: 2 },
            {
              name: 'echarts',
              test: /node_modules[\\/](?:echarts|zrender)[\\/](?!.*(?:dataZoom|[cC]anvas))/,
              priority: 1,
            },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: { '/api': { target: 'http://127.0.0.1:3000', ws: true }, '/auth': { target: 'http://127.0.0.1:3000' } },
  },
})
