import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newPage, refusal, Service, type Answer } from './testing';

const WORDS = { what: 'outbox.title' } as const;
/** Each page is loaded anew, which takes a while where much else is done. */
vi.setConfig({ testTimeout: 30_000 });

let service: Service;
let origin: string;

/** What a browser remembers in words, for all its pages. */
class Words {
  private readonly words = new Map<string, string>();
  getItem = (name: string) => this.words.get(name) ?? null;
  setItem = (name: string, word: string) => void this.words.set(name, word);
  removeItem = (name: string) => void this.words.delete(name);
}

beforeEach(async () => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('localStorage', new Words());
  service = await new Service().open();
  origin = service.origin;
});

afterEach(async () => {
  await service.close();
  vi.unstubAllGlobals();
});

async function newVisit() {
  const page = await newPage(service);
  await page.begin();
  return page;
}

/** The network is there for nobody until it is given back. */
function cutOff(): () => void {
  const real = globalThis.fetch;
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
  return () => vi.stubGlobal('fetch', real);
}

async function left(page: Awaited<ReturnType<typeof newPage>>) {
  const found = await page.database();
  const rows = [...(await found.getAll('keepsakes')), ...(await found.getAll('outbox'))];
  return rows.map((row) => ('name' in row ? row.name : String(row.body))).sort();
}

async function keepSomething(page: Awaited<ReturnType<typeof newPage>>) {
  const found = await page.database();
  for (const name of ['appointments', 'draft:1']) {
    await found.put('keepsakes', { name, account: 'amal', content: 1, at: Date.now() });
  }
  await found.put('keepsakes', { name: 'site.de', account: '', content: 1, at: Date.now() });
  service.answer = () => ({ status: 502 });
  await page.say(`${origin}/api/v1/activities`, 'unsent', WORDS);
}

describe('a visit', () => {
  it('begins with whom the service knows', async () => {
    expect((await newVisit()).session.me?.account_id).toBe('amal');
    service.account = null;
    expect((await newVisit()).session.me).toBeNull();
  });

  it('begins without network with whom this device remembers', async () => {
    const { database } = await newVisit();
    await vi.waitFor(async () => expect(await (await database()).get('keepsakes', 'me')).toBeDefined());
    cutOff();
    expect((await newVisit()).session.me?.account_id).toBe('amal');
  });

  it('begins with nobody where nothing is remembered', async () => {
    cutOff();
    expect((await newVisit()).session.me).toBeNull();
  });

  it('is not ended by a failure of the service', async () => {
    const page = await newVisit();
    service.answer = () => refusal(403, 'forbidden');
    vi.stubGlobal('fetch', async () => new Response('{}', { status: 500 }));
    expect(await page.renew()).toBe(false);
    expect(page.session.me?.account_id).toBe('amal');
  });
});

describe('a session that ended elsewhere', () => {
  it('takes what was read with it, and leaves what is hers to send', async () => {
    const page = await newVisit();
    await keepSomething(page);
    service.account = null;
    await page.renew();
    expect(page.session.me).toBeNull();
    expect(page.session.parting).toBe('ended');
    expect(await left(page)).toEqual(['draft:1', 'site.de', 'unsent']);
  });
});

describe('signing out', () => {
  it('ends the session and leaves nothing of hers', async () => {
    const page = await newVisit();
    await keepSomething(page);
    await page.signOut();
    expect(service.account).toBeNull();
    expect(page.session.me).toBeNull();
    expect(page.session.parting).toBe('out');
    expect(await left(page)).toEqual(['site.de']);
    expect(page.outbox.entries).toEqual([]);
  });

  it('leaves what another account has not sent', async () => {
    const page = await newVisit();
    await (await page.database()).put('outbox', {
      id: '1', account: 'dilan', path: '', body: 'of dilan', what: WORDS.what, values: {}, at: 1,
    });
    await page.signOut();
    expect(await left(page)).toEqual(['of dilan']);
  });

  it('holds without network: nobody is signed in, and the service hears of it at the next contact', async () => {
    const page = await newVisit();
    await keepSomething(page);
    service.asked = [];
    const giveBack = cutOff();
    await page.signOut();
    expect(page.session.me).toBeNull();
    expect(page.session.parting).toBe('out_later');
    expect(await left(page)).toEqual(['site.de']);
    expect(service.account).toBe('amal');

    const offline = await newVisit();
    expect(offline.session.me).toBeNull();
    giveBack();
    const online = await newVisit();
    expect(online.session.me).toBeNull();
    await vi.waitFor(() => expect(service.account).toBeNull());
    await vi.waitFor(() => expect(online.session.parting).toBe('out'));
    expect(service.at('GET /api/v1/me')).toEqual([]);
  });

  it('without network, then somebody else: she comes in and stays', async () => {
    const giveBack = await newVisit().then(async (page) => {
      const back = cutOff();
      await page.signOut();
      return back;
    });
    giveBack();
    const page = await newVisit();
    await page.enter(async () => (service.account = 'dilan'));
    expect(page.session.me?.account_id).toBe('dilan');
    expect((await newVisit()).session.me?.account_id).toBe('dilan');
    expect(service.account).toBe('dilan');
  });

  it('is not undone by an answer that was on its way', async () => {
    const page = await newVisit();
    const real = globalThis.fetch;
    let release: (() => void) | undefined;
    vi.stubGlobal('fetch', async (...call: Parameters<typeof fetch>) => {
      const response = await real(...call);
      const isMe = (call[0] as Request).url?.endsWith('/me');
      if (isMe) await new Promise<void>((go) => (release = go));
      return response;
    });
    const asked = page.renew();
    await vi.waitFor(() => expect(release).toBeDefined());
    await page.signOut();
    release?.();
    await asked;
    expect(page.session.me).toBeNull();
    expect(await left(page)).toEqual([]);
  });

  it('drops what a browser without a database had in hand', async () => {
    vi.stubGlobal('indexedDB', undefined);
    const page = await newVisit();
    service.answer = () => ({ status: 502 });
    await page.say(`${origin}/api/v1/activities`, 'unsent', WORDS);
    expect(page.unwritten.size).toBe(1);
    await page.signOut();
    expect(page.unwritten.size).toBe(0);
  });
});

describe('signing in', () => {
  it('tells when the service does not answer afterwards', async () => {
    service.account = null;
    const page = await newVisit();
    const enter = page.enter(async () => {
      cutOff();
      return { status: 204 } satisfies Answer;
    });
    await expect(enter).rejects.toThrow('unreached');
  });

  it('leaves nobody signed in when the browser keeps no cookie', async () => {
    service.account = null;
    const page = await newVisit();
    await page.enter(async () => undefined);
    expect(page.session.me).toBeNull();
  });

  it('passes a refusal on', async () => {
    service.account = null;
    const page = await newVisit();
    await expect(page.enter(() => Promise.reject(new Error('wrong')))).rejects.toThrow('wrong');
    expect(page.session.me).toBeNull();
  });
});

/** A browser that is woken; tells whether it still is. */
function woken(): () => boolean {
  let subscribed = true;
  const endpoint = 'https://push.example/1';
  const subscription = {
    toJSON: () => ({ endpoint, keys: { p256dh: 'key', auth: 'secret' } }),
    unsubscribe: async () => !(subscribed = false),
  };
  const pushManager = { getSubscription: async () => (subscribed ? subscription : null) };
  const found = { pushManager, getNotifications: async () => [] };
  const serviceWorker = { getRegistration: async () => found };
  vi.stubGlobal('navigator', { serviceWorker, languages: [], userAgent: '', maxTouchPoints: 0 });
  vi.stubGlobal('window', {});
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
  localStorage.setItem('lotsenwerk.push', 'before');
  localStorage.setItem('lotsenwerk.push.account', 'amal');
  return () => subscribed;
}

describe('a device that is woken', () => {
  const ENTER = 'POST /api/v1/push-subscriptions';

  it('is entered again with the next session of the same account', async () => {
    service.account = null;
    const isWoken = woken();
    service.answer = () => ({ status: 201, body: { id: 'after' } });
    const page = await newVisit();
    await page.enter(async () => (service.account = 'amal'));
    await vi.waitFor(() => expect(localStorage.getItem('lotsenwerk.push')).toBe('after'));
    expect(service.at(ENTER)).toHaveLength(1);
    expect(isWoken()).toBe(true);
  });

  it('is not woken for the one before once another account signs in', async () => {
    service.account = null;
    const isWoken = woken();
    const page = await newVisit();
    await page.enter(async () => (service.account = 'dilan'));
    await vi.waitFor(() => expect(isWoken()).toBe(false));
    expect(service.at(ENTER)).toEqual([]);
    expect(localStorage.getItem('lotsenwerk.push')).toBeNull();
  });
});

describe('another account on the same device', () => {
  it('finds nothing of the one before, and open pages are drawn anew', async () => {
    const page = await newVisit();
    await keepSomething(page);
    service.account = 'dilan';
    await page.renew();
    expect(location.replace).toHaveBeenCalledWith('/app/');
    expect(await left(page)).toEqual(['draft:1', 'me', 'site.de', 'unsent']);
    const next = await newVisit();
    expect(next.session.me?.account_id).toBe('dilan');
    expect(location.replace).not.toHaveBeenCalled();
  });
});
