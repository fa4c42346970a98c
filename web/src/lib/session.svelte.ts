/** Who is signed in on this device. */
import { base } from '$app/paths';
import { api, got, onLost } from './api';
import { note, noted } from './device';
import type { components } from './schema';
import { Refused, Unreached } from './problem';
import { resume, silence } from './push';
import { database, forget, wipe } from './store';

export type Me = components['schemas']['MeRead'];

/** How it came that nobody is signed in any more: elsewhere, here, or here without network. */
export type Parting = 'ended' | 'out' | 'out_later';

const NAME = 'me';
/** Who signed out here, as long as the service has not heard of it. */
const LEFT = 'lotsenwerk.left';
/** Who is signed in, for the other open pages of this device. */
const WHO = 'lotsenwerk.account';
/** What is remembered is shown when the service has not answered within so long. */
const SHOWN_AFTER_MS = 800;
const PATIENCE_MS = 10_000;

class Session {
  /** Who is signed in; `undefined` while that is not known, `null` when nobody is. */
  me = $state.raw<Me | null | undefined>(undefined);
  /** Said on the page to sign in. */
  parting = $state<Parting>();

  get isVolunteer(): boolean {
    return Boolean(this.me?.volunteer_id);
  }

  get isInstitution(): boolean {
    return Boolean(this.me?.institution_ids.length);
  }

  /** Whether her app has to show its code before she sees anything; other second steps may wait. */
  get awaitsCode(): boolean {
    return Boolean(this.me?.factor.needed && this.me.factor.app);
  }
}

export const session = new Session();
/** Counts who came and went: an answer to a question from before is not heard any more. */
let visit = 0;
let asking: Promise<boolean> | undefined;

onLost(() => {
  // Not every refusal is about the one who is signed in now: the service is asked.
  if (!noted(LEFT)) void renew();
});

/** Find out who is signed in: what the service says, or soon what this device remembers. */
export async function begin(): Promise<void> {
  watchOthers();
  if (noted(LEFT)) return goOn();
  const here = remembered();
  await Promise.race([renew(), here.then((kept) => wait(patienceWith(kept)))]);
  // Signed out on this very page or found to be: then it stays so.
  if (session.me === undefined) session.me = (await here) ?? null;
}

/** How long the service is waited for, in milliseconds. */
function patienceWith(kept: Me | undefined): number {
  if (!kept) return PATIENCE_MS;
  return globalThis.navigator?.onLine === false ? 0 : SHOWN_AFTER_MS;
}

/** Somebody signed out here before: what was not done then is done now. */
async function goOn(): Promise<void> {
  session.me = null;
  session.parting = 'out_later';
  await wipe(noted(LEFT) ?? '').catch(() => undefined);
  void sayLeft();
}

/** Ask the service who is signed in, and tell whether it answered; else the last answer stands. */
export function renew(): Promise<boolean> {
  asking ??= ask().finally(() => (asking = undefined));
  return asking;
}

async function ask(): Promise<boolean> {
  if (!(await sayLeft())) return false;
  const asked = visit;
  try {
    const me = await got(api.GET('/api/v1/me'));
    if (asked === visit) await recognise(me);
    return asked === visit;
  } catch (failure) {
    const isOut = failure instanceof Refused && failure.status === 401;
    if (isOut && asked === visit) await leave();
    return isOut;
  }
}

async function recognise(me: Me): Promise<void> {
  note(WHO, me.account_id);
  if (session.me && session.me.account_id !== me.account_id) {
    await keepOnly(me);
    return beginAnew();
  }
  session.me = me;
  session.parting = undefined;
  // The page does not wait for the device.
  void keepOnly(me);
}

/** Remember who is here; what was read for somebody else goes. */
async function keepOnly(me: Me): Promise<void> {
  const asked = visit;
  const before = await remembered();
  if (before && before.account_id !== me.account_id) await forget(me.account_id).catch(() => undefined);
  if (asked === visit) await remember(me);
}

/** Somebody else's pages are open here: they are drawn anew, all of them, and say nothing meanwhile. */
function beginAnew(): void {
  visit += 1;
  globalThis.location?.replace(`${base}/`);
}

/** Sign in with what `show` tells the service; whoever was here before has left by then. */
export async function enter(show: () => Promise<unknown>): Promise<void> {
  await sayLeft();
  await show();
  // The new cookie has replaced that of whoever left.
  note(LEFT, undefined);
  visit += 1;
  const answered = await ask();
  if (!answered && !session.me) throw new Unreached();
  if (session.me) void resume(session.me.account_id).catch(() => undefined);
}

/**
 * Sign out: nothing of hers stays on this device. The service ends the session now, or at the next
 * contact; until then nobody is signed in here, whatever its cookie says.
 */
export async function signOut(): Promise<void> {
  const account = session.me?.account_id ?? '';
  await silence();
  note(LEFT, account || 'somebody');
  note(WHO, undefined);
  visit += 1;
  session.parting = 'out_later';
  session.me = null;
  await wipe(account).catch(() => undefined);
  await sayLeft();
}

let leaving: Promise<boolean> | undefined;

/** Tell the service that somebody has signed out here, if it has not heard of it; true when it knows. */
function sayLeft(): Promise<boolean> {
  if (!noted(LEFT)) return Promise.resolve(true);
  // One at a time: a late answer would take the cookie of whoever signs in meanwhile.
  leaving ??= logOut().finally(() => (leaving = undefined));
  return leaving;
}

async function logOut(): Promise<boolean> {
  try {
    await api.POST('/api/v1/auth/logout');
  } catch (failure) {
    const isOut = failure instanceof Refused && failure.status === 401;
    if (!isOut) return false;
  }
  note(LEFT, undefined);
  if (session.parting === 'out_later') session.parting = 'out';
  return true;
}

/** The session has ended elsewhere: what was read goes, what waits stays for her next sign-in. */
async function leave(): Promise<void> {
  visit += 1;
  const was = session.me ?? (await remembered());
  if (was) session.parting = 'ended';
  session.me = null;
  note(WHO, undefined);
  await forget().catch(() => undefined);
}

/** What is done on other open pages of this device holds here as well. */
function watchOthers(): void {
  if (typeof addEventListener === 'undefined') return;
  addEventListener('storage', ({ key, newValue }) => {
    if (key === LEFT && newValue) {
      visit += 1;
      session.parting = 'out';
      session.me = null;
    }
    if (key === WHO && newValue && newValue !== session.me?.account_id) void renew();
  });
  addEventListener('online', () => void sayLeft());
}

async function remembered(): Promise<Me | undefined> {
  const kept = await database().then((found) => found.get('keepsakes', NAME)).catch(() => undefined);
  return kept?.content as Me | undefined;
}

async function remember(me: Me): Promise<void> {
  const keepsake = { name: NAME, account: me.account_id, content: me, at: Date.now() };
  await database().then((found) => found.put('keepsakes', keepsake)).catch(() => undefined);
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
