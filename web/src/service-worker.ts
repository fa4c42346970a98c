/// <reference types="@sveltejs/kit" />
/// <reference lib="webworker" />
/** Keeps the shell of the app on the device and shows pushes. Data never passes through here. */
import { base, build, files, version } from '$service-worker';

declare const self: ServiceWorkerGlobalScope;

const SHELVES = 'lotsenwerk-';
const SHELF = `${SHELVES}${version}`;
const SHELL = `${base}/`;
/** The piece with which every page begins; its name changes with each version. */
const START = build.find((piece) => piece.includes('/entry/start.'));

self.addEventListener('install', (event) => {
  event.waitUntil(fill());
});

async function fill(): Promise<void> {
  const shelf = await caches.open(SHELF);
  const page = await fetch(SHELL, { cache: 'no-cache' });
  const text = await page.clone().text();
  // While a version is being replaced a page may come that belongs to another one: then later.
  if (!page.ok || (START && !text.includes(START))) throw new Error('not of one version');
  await Promise.all([shelf.put(SHELL, page), shelf.addAll([...build, ...files])]);
}

self.addEventListener('activate', (event) => {
  event.waitUntil(clearOld().then(() => self.clients.claim()));
});

/** The version before stays: pages that are open with it still load their pieces. */
async function clearOld(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(SHELVES) && name !== SHELF);
  await Promise.all(old.slice(0, -1).map((name) => caches.delete(name)));
}

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') void self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== 'GET' || address.origin !== self.location.origin) return;
  if (!address.pathname.startsWith(SHELL)) return;
  const name = request.mode === 'navigate' ? SHELL : address.pathname;
  event.respondWith(fromShelves(name, request));
});

async function fromShelves(name: string, request: Request): Promise<Response> {
  const options = { ignoreVary: true };
  const shelf = await caches.open(SHELF);
  return (await shelf.match(name, options)) ?? (await caches.match(name, options)) ?? fetch(request);
}

interface Said {
  title: string;
  body: string;
  url: string;
  tag: string;
  lang: string;
}

/** Shown where a push cannot be read: a browser that shows nothing is woken no more. */
const UNREAD: Said = {
  title: 'Lotsenwerk',
  body: 'Es gibt etwas Neues für Sie. · There is something new for you.',
  url: SHELL,
  tag: 'unread',
  lang: 'de',
};

self.addEventListener('push', (event) => {
  event.waitUntil(show(read(event.data)));
});

function read(data: PushMessageData | null): Said {
  try {
    return { ...UNREAD, ...(data?.json() as Partial<Said>) };
  } catch {
    return UNREAD;
  }
}

function show({ title, body, url, tag, lang }: Said): Promise<void> {
  const icon = `${base}/icon-192.png`;
  return self.registration.showNotification(title, { body, tag, lang, icon, badge: icon, data: { url } });
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { url } = event.notification.data as { url?: string };
  event.waitUntil(visit(ours(url)));
});

/** An address of this service, or the start of the app: nothing leads anywhere else. */
function ours(url = ''): string {
  try {
    const found = new URL(url || SHELL, self.location.origin);
    return found.origin === self.location.origin ? found.href : SHELL;
  } catch {
    return SHELL;
  }
}

async function visit(url: string): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const open = pages.find((page) => page.url === new URL(url, self.location.origin).href);
  await (open ? open.focus() : self.clients.openWindow(url));
}
