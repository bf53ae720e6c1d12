import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';

import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

import { requestFields } from './request-fields';

const output = join(import.meta.dirname, '../dist/console/site');

/** Compresses scripts and styles once, so that the service need not do so for each visitor. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    async closeBundle() {
      const assets = join(output, 'assets');
      for (const name of await readdir(assets)) {
        const content = await readFile(join(assets, name));
        await writeFile(join(assets, `${name}.br`), await promisify(brotliCompress)(content));
        await writeFile(join(assets, `${name}.gz`), await promisify(gzip)(content, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [react(), requestFields(), compressed()],
  // Inlined files would need `data:` in more places of the Content-Security-Policy.
  build: { outDir: output, emptyOutDir: true, assetsInlineLimit: 0, target: 'es2022', reportCompressedSize: false },
  // `npm run dev:console` beside a service at its usual port.
  server: {
    proxy: Object.fromEntries(
      ['/api', '/if', '/flows', '/sign-out', '/static'].map((path) => [path, 'http://127.0.0.1:9000']),
    ),
  },
});
