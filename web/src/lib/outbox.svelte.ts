/**
 * What is said here goes through the outbox: first it is written down, then it is sent, with a key
 * of its own, so that it is done once however often it has to be sent. What the service refuses
 * stays as a problem to be read; nothing is dropped.
 */
import { OURS } from './api';
import { failureOf, Refused, Unreached, type Told } from './problem';
import { renew, session } from './session.svelte';
import { database, newId, unwritten, type Entry } from './store';
import { speech, type Key } from './texts/index.svelte';
import type { Values } from './texts/message';

/** What became of something said: taken with the service's answer, waiting, or refused. */
export type Outcome<T> =
  | { is: 'taken'; answer: T }
  | { is: 'waiting' }
  | { is: 'refused'; told: Told };

interface Wording {
  what: Key;
  values?: Values;
  /** Under which it is found again in the outbox. */
  id?: string;
}

const RETRY_SECONDS = 30;
/** Whoever says something is told that it waits when it has not gone within so long. */
const SAID_WITHIN_MS = 8000;
const SENT_WITHIN_MS = 30_000;

class Outbox {
  private all = $state.raw<Entry[]>([]);
  /** Counts what was taken: whoever shows something that it may have changed reads again. */
  taken = $state(0);
  /** What somebody has only just said and still looks at: whether it waits is not known yet. */
  underway = $state.raw<string[]>([]);
  /** Something waits that this browser cannot keep: it is lost when the app is closed. */
  fleeting = $state(false);

  /** What this account has said here and the service has not taken, the oldest first. */
  get entries(): Entry[] {
    return this.own.filter((entry) => !entry.word);
  }

  /** What was taken with a word that she has not read. */
  get answered(): Entry[] {
    return this.own.filter((entry) => entry.word);
  }

  private get own(): Entry[] {
    const account = session.me?.account_id;
    return this.all.filter((entry) => entry.account === account);
  }

  get waiting(): Entry[] {
    return this.entries.filter((entry) => !entry.refusal);
  }

  /** What waits for longer than it takes to be sent. */
  get late(): Entry[] {
    return this.waiting.filter((entry) => !this.underway.includes(entry.id));
  }

  get refused(): Entry[] {
    return this.entries.filter((entry) => entry.refusal);
  }

  /** An entry of whichever account. */
  find(id: string): Entry | undefined {
    return this.all.find((entry) => entry.id === id);
  }

  show(entries: Entry[]): void {
    this.all = entries;
  }
}

export const outbox = new Outbox();

/** What became of it, where somebody waits for that here. */
const outcomes = new Map<string, Outcome<unknown> | undefined>();
let sending: Promise<void> | undefined;
let next: Promise<void> | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
/** Before this moment the service wants to hear nothing. */
let quietUntil = 0;
let last = 0;

/** Say something to the service: now, or as soon as it can be reached. */
export async function say<T>(path: string, body: unknown, words: Wording): Promise<Outcome<T>> {
  const entry: Entry = {
    id: words.id ?? newId(),
    account: session.me?.account_id ?? '',
    path,
    body,
    what: words.what,
    values: words.values ?? {},
    // Two in one moment keep their order.
    at: (last = Math.max(Date.now(), last + 1)),
  };
  outcomes.set(entry.id, undefined);
  outbox.underway = [...outbox.underway, entry.id];
  await write(entry);
  await Promise.race([flush(), wait(SAID_WITHIN_MS)]);
  const outcome = await outcomeOf<T>(entry);
  outbox.underway = outbox.underway.filter((id) => id !== entry.id);
  return outcome;
}

async function outcomeOf<T>(entry: Entry): Promise<Outcome<T>> {
  // What another open page has sent is answered the same once more.
  const isGone = !outcomes.get(entry.id) && !outbox.find(entry.id);
  if (isGone && entry.account === session.me?.account_id) await carry(entry);
  const outcome = outcomes.get(entry.id) ?? { is: 'waiting' };
  outcomes.delete(entry.id);
  return outcome as Outcome<T>;
}

/** Send what waits, one after the other; whoever asks meanwhile shares one more run. */
export function flush(): Promise<void> {
  if (!sending) {
    sending = run().finally(() => (sending = undefined));
    return sending;
  }
  next ??= sending.then(() => {
    next = undefined;
    return flush();
  });
  return next;
}

/** The same, whatever the service asked for: its owner wants it now. */
export function sendNow(): Promise<void> {
  quietUntil = 0;
  return flush();
}

async function run(): Promise<void> {
  clearTimeout(timer);
  await look();
  if (!outbox.waiting.length) return;
  const quiet = quietUntil - Date.now();
  if (quiet > 0) return later(quiet / 1000);
  // The cookie may be somebody else's by now: nothing is sent in another's name.
  const account = session.me?.account_id;
  if (!(await renew())) return later(RETRY_SECONDS);
  if (session.me && session.me.account_id === account) await alone(sendAll);
}

/** Of several open pages one sends at a time; where a browser has no locks, the keys see to it. */
async function alone(work: () => Promise<void>): Promise<void> {
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks;
  await (locks ? locks.request('lotsenwerk.outbox', work) : work());
}

async function sendAll(): Promise<void> {
  await look();
  for (const entry of outbox.waiting) {
    if ((await carry(entry)) === 'stop') break;
  }
  await look();
}

/** Send one entry; `stop` when the rest has to wait as well. */
async function carry(entry: Entry): Promise<'stop' | void> {
  try {
    const answer = await send(entry);
    tell(entry, { is: 'taken', answer });
    await settle(entry, wordIn(answer));
    outbox.taken += 1;
  } catch (failure) {
    return failure instanceof Refused ? refused(entry, failure) : delayed(failure);
  }
}

/** It is taken: nothing of it stays but a word that is to be read. */
async function settle(entry: Entry, word: string | undefined): Promise<void> {
  if (word) await write({ ...entry, body: undefined, word }, true);
  else await strike(entry.id);
}

/** What has to be said although it was taken: that the code was wrong. */
function wordIn(answer: unknown): string | undefined {
  const code = (answer as { code?: { accepted?: boolean; message?: string } | null } | null)?.code;
  return code?.accepted === false ? code.message : undefined;
}

function tell(entry: Entry, outcome: Outcome<unknown>): void {
  if (outcomes.has(entry.id)) outcomes.set(entry.id, outcome);
}

async function refused(entry: Entry, failure: Refused): Promise<'stop' | void> {
  if (failure.status === 401 || failure.slug === 'factor-needed') {
    // She has to sign in first; then it is sent.
    void renew();
    return 'stop';
  }
  tell(entry, { is: 'refused', told: failure.told });
  await write({ ...entry, refusal: failure.told }, true);
}

function delayed(failure: unknown): 'stop' | void {
  const { afterSeconds, told } = failure instanceof Unreached ? failure : new Unreached();
  later(afterSeconds || RETRY_SECONDS);
  // What the service breaks over holds up nothing else.
  if (told?.status === 500) return;
  if (afterSeconds) quietUntil = Date.now() + afterSeconds * 1000;
  return 'stop';
}

async function send(entry: Entry): Promise<unknown> {
  const headers: Record<string, string> = {
    'Idempotency-Key': entry.id,
    'Accept-Language': speech.service,
    [OURS]: '1',
  };
  if (entry.body !== undefined) headers['Content-Type'] = 'application/json';
  const body = entry.body === undefined ? undefined : JSON.stringify(entry.body);
  const limit = new AbortController();
  const patience = setTimeout(() => limit.abort(), SENT_WITHIN_MS);
  const sent = fetch(entry.path, { method: 'POST', headers, body, signal: limit.signal });
  const response = await sent
    .catch(() => {
      throw new Unreached();
    })
    .finally(() => clearTimeout(patience));
  if (!response.ok) throw await failureOf(response);
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

function later(seconds: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void flush(), seconds * 1000);
}

/** Take away something that was refused or answered, once it was read. */
export async function strike(id: string): Promise<void> {
  unwritten.delete(id);
  await database().then((found) => found.delete('outbox', id)).catch(() => undefined);
  await look();
}

/** Send something that was refused once more, as it is. */
export async function again(entry: Entry): Promise<void> {
  const { refusal: _read, ...rest } = entry;
  // A refused key is free again: the same entry may be sent under it.
  await write(rest, true);
  await sendNow();
}

/** Write an entry down; with `anew` only if nobody has taken it away meanwhile. */
async function write(entry: Entry, anew = false): Promise<void> {
  try {
    await put(entry, anew && !unwritten.has(entry.id));
    unwritten.delete(entry.id);
  } catch {
    unwritten.set(entry.id, entry);
  }
  await look();
}

async function put(entry: Entry, anew: boolean): Promise<void> {
  const work = (await database()).transaction('outbox', 'readwrite');
  if (!anew || (await work.store.get(entry.id))) await work.store.put(entry);
  await work.done;
}

async function look(): Promise<void> {
  const written = await database().then((found) => found.getAllFromIndex('outbox', 'at')).catch(() => []);
  const all = [...written, ...unwritten.values()];
  outbox.show(all.sort((one, other) => one.at - other.at));
  outbox.fleeting = unwritten.size > 0;
}

/** Send on start, when the network is back, and when the app is looked at again. */
export function keepSending(): () => void {
  const wake = () => document.visibilityState === 'visible' && void flush();
  addEventListener('online', wake);
  document.addEventListener('visibilitychange', wake);
  void flush();
  return () => {
    removeEventListener('online', wake);
    document.removeEventListener('visibilitychange', wake);
    clearTimeout(timer);
  };
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
