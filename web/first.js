/**
 * The first load: what *Today* needs is one piece, and comes together with the page. Many small
 * pieces that name one another would each take another round trip, half a second on a slow line.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OUT = '.svelte-kit';
const NODES = join(OUT, 'generated', 'client-optimized', 'nodes');
const MANIFEST = join(OUT, 'output', 'client', '.vite', 'manifest.json');

/** The routes without which *Today* cannot stand there. */
const ROUTES = [
  'src/routes/+layout.ts',
  'src/routes/+layout.svelte',
  'src/routes/(volunteer)/+layout.ts',
  'src/routes/(volunteer)/+page.ts',
  'src/routes/(volunteer)/+page.svelte',
];
/** What is in the first load; all that these import comes along. */
const ROOTS = [
  'kit/src/runtime/client/entry.js',
  'kit/src/runtime/components/svelte-5/layout.svelte',
  'client-optimized/app.js',
  'src/routes/+error.svelte',
  ...ROUTES,
];

/** @type {Set<string>} */
const modules = new Set();

/** Finds the modules of the first load. @type {import('vite').Plugin} */
export const firstLoad = {
  name: 'first-load',
  buildStart() {
    modules.clear();
  },
  buildEnd() {
    if (this.environment.name !== 'client') return;
    const waiting = [...this.getModuleIds()].filter((id) => ROOTS.some((root) => id.endsWith(root)));
    for (let id = waiting.pop(); id; id = waiting.pop()) {
      if (modules.has(id)) continue;
      modules.add(id);
      waiting.push(...(this.getModuleInfo(id)?.importedIds ?? []));
    }
  },
};

/**
 * Svelte makes an error while it is loaded, and a browser then looks for the place in the whole file
 * (an eighth of a second on a slow phone): in a file of its own there is little to look through.
 */
const APART = ['rolldown/runtime.js', 'svelte/src/internal/client/constants.js'];
const isApart = (/** @type {string} */ id) => APART.some((one) => id.endsWith(one));

/** How the built app is cut into pieces. */
export const codeSplitting = {
  groups: [
    { name: 'apart', test: isApart, priority: 1 },
    { name: 'first', test: (/** @type {string} */ id) => modules.has(id) },
  ],
};

/**
 * Let the page ask for the pieces of these routes at once, not when the app comes to them. They are
 * small: a browser asks for six at a time, so they stand behind the chunk and the style.
 */
export function nameRoutes(/** @type {string} */ page) {
  const pieces = routePieces();
  const named = pieces.map((piece) => new RegExp(`\\s*<link href="/app/${piece}"[^>]*>`));
  const text = named.reduce((left, link) => left.replace(link, ''), readFileSync(page, 'utf-8'));
  // A script behind the style would wait for it.
  writeFileSync(page, text.replace(/<link href="[^"]*\.js"/, (link) => `<script>${callFor(pieces)}</script>\n${link}`));
}

function callFor(/** @type {string[]} */ pieces) {
  return `${JSON.stringify(pieces)}.forEach(function (piece) {
    var link = document.createElement('link');
    link.rel = 'modulepreload';
    link.href = '/app/' + piece;
    document.head.appendChild(link);
  });`;
}

function routePieces() {
  const manifest = JSON.parse(readFileSync(MANIFEST, 'utf-8'));
  return readdirSync(NODES)
    .filter((name) => ROUTES.some((route) => readFileSync(join(NODES, name), 'utf-8').includes(`/${route}"`)))
    .map((name) => manifest[join(NODES, name)].file);
}
