import adapter from '@sveltejs/adapter-static';

/** @type {import('@sveltejs/kit').Config} */
export default {
  kit: {
    // One page that finds its way by itself; the service answers every address below /app with it.
    adapter: adapter({ pages: 'build', assets: 'build', fallback: 'index.html', strict: false }),
    paths: { base: '/app', relative: false },
    alias: { $parts: 'src/lib/parts' },
    output: { preloadStrategy: 'modulepreload' },
    version: { pollInterval: 0 },
    serviceWorker: { register: false },
  },
};
