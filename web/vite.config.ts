// How the console is built: hashed files in web/dist, each page loaded when it is first looked at.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** The page itself is filled in for each visit. */
const COMPRESSED = /\.(js|css|svg)$/;
const LEAST_BYTES = 1024;

/** Compresses once, at the build, what every visit loads: the files as they were written, after everything else had its way with them. */
function precompressed(): Plugin {
  return {
    name: 'precompressed',
    apply: 'build',
    writeBundle({ dir = '' }, bundle) {
      for (const name of Object.keys(bundle).filter((each) => COMPRESSED.test(each))) {
        const text = readFileSync(join(dir, name));
        if (text.length < LEAST_BYTES) continue;
        const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
        writeFileSync(join(dir, `${name}.br`), brotliCompressSync(text, brotli));
        writeFileSync(join(dir, `${name}.gz`), gzipSync(text, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), precompressed()],
  build: {
    target: 'es2022',
    // Browsers that know light-dark(); an older one would get colours of neither.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:7400', changeOrigin: false } } },
});
