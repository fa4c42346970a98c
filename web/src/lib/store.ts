/** What this device keeps: answers of the service to be read without network, and what is to be sent. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Told } from './problem';
import type { Key } from './texts/index.svelte';
import type { Values } from './texts/message';

/** An answer of the service, and when it came; `account` is empty where it is for everybody. */
export interface Keepsake {
  name: string;
  account: string;
  content: unknown;
  at: number;
}

/** Something said here that the service has not taken yet. */
export interface Entry {
  /** Its `Idempotency-Key`: however often it is sent, it is carried out once. */
  id: string;
  account: string;
  path: string;
  body: unknown;
  /** What it is, in words: a key of the texts and its values. */
  what: Key;
  values: Values;
  at: number;
  /** Why the service refused it; it waits where there is nothing. */
  refusal?: Told;
  /** What the service said when it took it, where that is still to be read. */
  word?: string;
}

/** What is to be sent where the browser keeps nothing: it lasts as long as the page. */
export const unwritten = new Map<string, Entry>();

interface Kept extends DBSchema {
  keepsakes: { key: string; value: Keepsake };
  outbox: { key: string; value: Entry; indexes: { at: number } };
}

type Database = IDBPDatabase<Kept>;

const NAME = 'lotsenwerk';
const VERSION = 1;
/** Some iPhones never open it before they are started again: the app goes on without. */
const PATIENCE_MS = 3000;
/** A form that somebody has begun; it stays until she sends it or signs out. */
const DRAFT = 'draft:';

let opened: Promise<Database> | undefined;
let hangs = false;

/** The database of this device; rejects where a browser keeps nothing (private windows). */
export function database(): Promise<Database> {
  if (hangs) return Promise.reject(new Error('the database does not open'));
  opened ??= withPatience(open());
  return opened;
}

// Every page needs it: it opens while the rest of the app is still being read.
void database().catch(() => undefined);

/** Rejects as well where a browser has none, or forbids even the question. */
async function open(): Promise<Database> {
  return openDB<Kept>(NAME, VERSION, {
    upgrade(made) {
      made.createObjectStore('keepsakes', { keyPath: 'name' });
      made.createObjectStore('outbox', { keyPath: 'id' }).createIndex('at', 'at');
    },
    blocking(_now, _wanted, event) {
      // A newer version of the app wants another layout: this page makes room.
      (event.target as IDBDatabase).close();
      opened = undefined;
    },
    terminated() {
      opened = undefined;
    },
  });
}

/** The same, given up for the moment when it takes too long or fails; the next caller tries anew. */
async function withPatience(opening: Promise<Database>): Promise<Database> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      hangs = true;
      reject(new Error('the database does not open'));
    }, PATIENCE_MS);
  });
  void opening.then(
    () => (hangs = false),
    () => (hangs = false),
  );
  try {
    return await Promise.race([opening, tooLong]);
  } catch (failure) {
    opened = undefined;
    throw failure;
  } finally {
    clearTimeout(timer);
  }
}

/** Forget what was read for anybody but `account`; what is for everybody stays, and so do begun forms. */
export async function forget(account = ''): Promise<void> {
  const goes = (kept: Keepsake) => kept.account !== '' && kept.account !== account;
  await clear(await database(), (kept) => goes(kept) && !kept.name.startsWith(DRAFT));
}

/** Forget everything of `account`: what was read, what she began to write, and what waits to be sent. */
export async function wipe(account: string): Promise<void> {
  for (const entry of [...unwritten.values()]) {
    if (entry.account === account) unwritten.delete(entry.id);
  }
  const kept = await database();
  await clear(kept, (one) => one.account === account || (one.account !== '' && !one.name.startsWith(DRAFT)));
  const work = kept.transaction('outbox', 'readwrite');
  for (const entry of await work.store.getAll()) {
    if (entry.account === account) await work.store.delete(entry.id);
  }
  await work.done;
}

async function clear(kept: Database, goes: (one: Keepsake) => boolean): Promise<void> {
  const work = kept.transaction('keepsakes', 'readwrite');
  for (const one of await work.store.getAll()) {
    if (goes(one)) await work.store.delete(one.name);
  }
  await work.done;
}

/** A random version 4 UUID; older browsers have no `crypto.randomUUID`. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (one) => one.toString(16).padStart(2, '0')).join('');
  return [8, 12, 16, 20].reduceRight((text, at) => `${text.slice(0, at)}-${text.slice(at)}`, hex);
}
