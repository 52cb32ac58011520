import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// The build is embedded into the program: internal/web/ui serves dist. Nothing is fetched from elsewhere.
export default defineConfig({
  plugins: [react()],
  build: { outDir: '../internal/web/ui/dist/app', emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 900 },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
})
