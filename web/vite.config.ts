import { sveltekit } from '@sveltejs/kit/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { codeSplitting, firstLoad } from './first.js';

/** Android 9 with the Chrome of its last update, and the iPhone 6s: what volunteers carry. */
export const FLOOR = ['chrome87', 'ios14.5'];

/** Whom `npm run dev` asks for data. */
const SERVICE = process.env.LOTSENWERK_BASE_URL ?? 'http://127.0.0.1:8000';

/** Svelte scopes nested selectors by `:where()`, which came with Chrome 88; the class alone does as well. */
const plainScopes: Plugin = {
  name: 'plain-scopes',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue;
      file.source = String(file.source).replace(/:where\((\.svelte-[\w-]+)\)/g, '$1');
    }
  },
};

export default defineConfig({
  plugins: [sveltekit(), plainScopes, firstLoad],
  build: { target: FLOOR, cssTarget: FLOOR, rolldownOptions: { output: { codeSplitting } } },
  server: { host: '127.0.0.1', proxy: { '^/(api|static|sign-in|account)': SERVICE } },
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
    setupFiles: ['src/test-setup.ts'],
    restoreMocks: true,
  },
});
