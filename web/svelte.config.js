import adapter from '@sveltejs/adapter-static';
import { nameRoutes } from './first.js';

const still = adapter({ pages: 'build', assets: 'build', fallback: 'index.html', strict: false });

/** @type {import('@sveltejs/kit').Config} */
export default {
  kit: {
    // One page that finds its way by itself; the service answers every address below /app with it.
    adapter: {
      ...still,
      async adapt(builder) {
        await still.adapt(builder);
        nameRoutes('build/index.html');
        await builder.compress('build');
      },
    },
    paths: { base: '/app', relative: false },
    alias: { $parts: 'src/lib/parts' },
    output: { preloadStrategy: 'modulepreload' },
    version: { pollInterval: 0 },
    serviceWorker: { register: false },
  },
};
