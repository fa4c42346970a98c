import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newPage, Service } from './testing';

/** Each page is loaded anew, which takes a while where much else is done. */
vi.setConfig({ testTimeout: 30_000 });

let service: Service;

beforeEach(async () => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  service = await new Service().open();
});

afterEach(async () => {
  await service.close();
  vi.unstubAllGlobals();
});

async function pageOf(account: string | null) {
  service.account = account;
  const page = await newPage(service);
  await page.begin();
  return page;
}

const away = () => Promise.reject(new TypeError('no network'));
const settled = (kept: { loading: boolean }) => vi.waitFor(() => expect(kept.loading).toBe(false));
type Page = Awaited<ReturnType<typeof newPage>>;

async function keep<T>(page: Page, content: T, more: { strip?: (one: T) => T; forAll?: boolean } = {}) {
  const kept = new page.Kept(async () => content, { name: 'it', ...more });
  await settled(kept);
  return kept;
}

async function readAway(page: Page, more: { forAll?: boolean } = {}) {
  const kept = new page.Kept<unknown>(away, { name: 'it', ...more });
  await settled(kept);
  return kept;
}

describe('what was read', () => {
  it('is shown without network, with the moment it was read', async () => {
    const page = await pageOf('amal');
    const before = Date.now();
    await keep(page, ['monday']);
    const kept = await readAway(await pageOf('amal'));
    expect(kept.content).toEqual(['monday']);
    expect(kept.away).toBe(true);
    expect(kept.at?.getTime()).toBeGreaterThanOrEqual(before);
    expect(kept.at?.getTime()).toBeLessThanOrEqual(Date.now());
  });

  it('is kept without what must not stay on the device, and shown whole', async () => {
    const page = await pageOf('amal');
    const shown = await keep(page, { when: 'monday', note: 'secret' }, { strip: (one) => ({ ...one, note: '' }) });
    expect(shown.content?.note).toBe('secret');
    const kept = await (await page.database()).get('keepsakes', 'it');
    expect(JSON.stringify(kept)).not.toContain('secret');
  });

  it('is shown to nobody once it is older than a session may be', async () => {
    const page = await pageOf('amal');
    await keep(page, 'old');
    const found = await page.database();
    const kept = (await found.get('keepsakes', 'it'))!;
    await found.put('keepsakes', { ...kept, at: Date.now() - 15 * 86_400_000 });
    expect((await readAway(page)).content).toBeUndefined();
    await found.put('keepsakes', { ...kept, at: Date.now() - 13 * 86_400_000 });
    expect((await readAway(page)).content).toBe('old');
  });

  it('is never shown to another account', async () => {
    const amal = await pageOf('amal');
    await keep(amal, 'of amal');
    expect((await readAway(amal)).content).toBe('of amal');
    const dilan = await pageOf('dilan');
    expect((await readAway(dilan)).content).toBeUndefined();
    expect(JSON.stringify(await (await dilan.database()).getAll('keepsakes'))).not.toContain('of amal');
  });

  it('is not kept for whoever came while it was on its way', async () => {
    const page = await pageOf('amal');
    let arrive: ((content: string) => void) | undefined;
    const kept = new page.Kept(() => new Promise<string>((say) => (arrive = say)), { name: 'it' });
    await page.enter(async () => (service.account = 'dilan'));
    page.session.me = { ...page.session.me!, account_id: 'dilan' };
    arrive?.('of amal');
    await settled(kept);
    expect(kept.content).toBeUndefined();
    expect(await (await page.database()).get('keepsakes', 'it')).toBeUndefined();
  });

  it('stays for everybody where it belongs to nobody', async () => {
    const page = await pageOf('amal');
    await keep(page, 'imprint', { forAll: true });
    await page.signOut();
    expect((await readAway(await pageOf(null), { forAll: true })).content).toBe('imprint');
  });

  it('is not replaced by an older answer that comes late', async () => {
    const page = await pageOf('amal');
    const answers: ((content: string) => void)[] = [];
    const kept = new page.Kept(() => new Promise<string>((say) => answers.push(say)));
    void kept.refresh();
    answers[1]?.('new');
    await settled(kept);
    answers[0]?.('old');
    await Promise.resolve();
    expect(kept.content).toBe('new');
  });
});

describe('a browser without a database', () => {
  it('shows what it reads', async () => {
    vi.stubGlobal('indexedDB', undefined);
    const kept = await keep(await pageOf('amal'), 'fresh');
    expect(kept.content).toBe('fresh');
  });
});

describe('a database that never opens', () => {
  it('keeps the app waiting once, and not for long', async () => {
    vi.stubGlobal('indexedDB', { open: () => new IDBRequest() });
    const page = await newPage(service);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const first = page.database().catch((failure: Error) => failure.message);
      await vi.advanceTimersByTimeAsync(3100);
      expect(await first).toBe('the database does not open');
      await expect(page.database()).rejects.toThrow('does not open');
    } finally {
      vi.useRealTimers();
    }
  });

  it('has begun once there is something to show, or it is clear that nothing comes', async () => {
    const page = await pageOf('amal');
    const never = () => new Promise<string[]>(() => undefined);
    let hasBegun = false;
    const kept = new page.Kept(never, { name: 'it' });
    void kept.begun.then(() => (hasBegun = true));
    await new Promise((then) => setTimeout(then, 50));
    expect(hasBegun).toBe(false);

    await keep(page, ['monday']);
    const again = new page.Kept<unknown>(never, { name: 'it' });
    await again.begun;
    expect(again.content).toEqual(['monday']);
    await new page.Kept<unknown>(away).begun;
  });
});
