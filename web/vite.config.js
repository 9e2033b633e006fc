// Builds GraphiQL into dist/graphiql, where the Go program embeds it. Its manifest tells the program what to name on the
// page; everything else finds itself, under the address that the program serves the folder at.
import { defineConfig } from 'vite'

export default defineConfig({
  base: '/graphiql/assets/',
  publicDir: false,
  logLevel: 'warn',
  build: {
    outDir: 'dist/graphiql',
    emptyOutDir: true,
    assetsDir: '',
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 8_000, // the editor is that large, and comes from the same machine
    rollupOptions: {
      input: 'src/main.js',
      // Libraries mark their modules for servers that render; here is none.
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
    },
  },
})
