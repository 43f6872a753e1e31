import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { modelHostsOf } from './scripts/model-hosts.mjs';

/** What a finished build needs besides its bundles: the SDK's types, the list of its files, the header rules for static hosts. */
function finish(): Plugin {
  return {
    name: 'winnow-finish',
    apply: 'build',
    closeBundle() {
      execFileSync('npx', ['tsc', '-p', 'tsconfig.sdk.json'], { stdio: ['ignore', 'inherit', 'ignore'] });
      writeFileSync('dist/sdk/winnow.d.ts', "export * from './types/sdk/index';\n");
      execFileSync('node', ['scripts/offline-list.mjs', 'dist']);
      execFileSync('node', ['scripts/headers.mjs', 'dist']);
    },
  };
}

export default defineConfig({
  // Relative: the build runs from any folder of any static host.
  base: './',
  // The service worker sends the policies where the host cannot.
  define: { __MODEL_HOSTS__: JSON.stringify(modelHostsOf(process.env)) },
  plugins: [react(), finish()],
  resolve: {
    // ONNX Runtime's glue as a file of its own: the embedded one starts its threads from our worker's script and hangs.
    conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'development|production'],
  },
  worker: {
    format: 'es',
    rolldownOptions: {
      output: {
        // A service worker governs the folder it lies in, under a name that never changes.
        entryFileNames: (chunk) => (chunk.name === 'isolation' ? 'isolation.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
      },
    },
  },
  build: {
    target: 'esnext',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // MIT and Apache-2.0 want their texts to travel with the code.
    license: { fileName: 'third-party-licences.txt' },
    rolldownOptions: {
      input: { index: 'index.html', winnow: 'src/sdk/index.ts' },
      preserveEntrySignatures: 'exports-only',
      output: {
        // One file is public and keeps its name; the app imports the very same.
        entryFileNames: (chunk) => (chunk.name === 'winnow' ? 'sdk/winnow.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
});
