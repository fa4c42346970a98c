import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newPage, refusal, Service } from './testing';

const WORDS = { what: 'outbox.title' } as const;
/** Each page is loaded anew, which takes a while where much else is done. */
vi.setConfig({ testTimeout: 30_000 });

let service: Service;

/** Locks of a browser: one after the other. */
class Locks {
  private last: Promise<unknown> = Promise.resolve();
  request = (_name: string, work: () => Promise<void>) => (this.last = this.last.then(work));
}

beforeEach(async () => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  service = await new Service().open();
});

afterEach(async () => {
  await service.close();
  vi.unstubAllGlobals();
});

async function signedIn() {
  const page = await newPage(service);
  await page.begin();
  return page;
}

const there = () => `${service.origin}/api/v1/offers/1/accept`;

describe('what is said', () => {
  it('is sent once, as ours, and its answer is given back', async () => {
    const page = await signedIn();
    const outcome = await page.say(there(), { yes: true }, WORDS);
    expect(outcome).toEqual({ is: 'taken', answer: { done: true } });
    expect(service.at('accept')).toMatchObject([{ method: 'POST', ours: true, body: { yes: true }, account: 'amal' }]);
    expect(page.outbox.entries).toEqual([]);
    expect(page.outbox.taken).toBe(1);
  });

  it('is taken with an empty answer as well', async () => {
    service.answer = () => ({ status: 204 });
    const page = await signedIn();
    expect((await page.say(there(), undefined, WORDS)).is).toBe('taken');
    expect(page.outbox.waiting).toEqual([]);
  });

  it('waits without network and is sent under the same key, once', async () => {
    const page = await signedIn();
    service.answer = () => ({ status: 503 });
    expect((await page.say(there(), {}, WORDS)).is).toBe('waiting');
    service.answer = () => ({ status: 201, body: {} });
    await page.sendNow();
    await page.sendNow();
    const keys = service.at('accept').map((one) => one.key);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
    expect(page.outbox.entries).toEqual([]);
  });

  it('survives that the app is closed', async () => {
    const first = await signedIn();
    service.answer = () => ({ status: 502 });
    await first.say(there(), { kept: true }, WORDS);
    service.answer = () => ({ status: 201, body: {} });
    const second = await signedIn();
    await second.flush();
    expect(service.at('accept').map((one) => one.body)).toEqual([{ kept: true }, { kept: true }]);
    expect(second.outbox.entries).toEqual([]);
  });

  it('keeps its order', async () => {
    const page = await signedIn();
    service.answer = () => ({ status: 502 });
    for (const n of [1, 2, 3, 4, 5]) await page.say(there(), n, WORDS);
    service.asked = [];
    service.answer = () => ({ status: 201, body: {} });
    await page.sendNow();
    expect(service.at('accept').map((one) => one.body)).toEqual([1, 2, 3, 4, 5]);
  });

  it('does not keep anybody waiting for a service that is silent', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const page = await signedIn();
      service.answer = () => new Promise((answer) => setTimeout(() => answer({ status: 201, body: {} }), 20_000));
      const said = page.say(there(), {}, WORDS);
      await vi.waitFor(() => expect(service.at('accept')).toHaveLength(1));
      await vi.advanceTimersByTimeAsync(8100);
      expect(await said).toEqual({ is: 'waiting' });
      await vi.advanceTimersByTimeAsync(20_000);
      vi.useRealTimers();
      await vi.waitFor(() => expect(page.outbox.entries).toEqual([]));
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('what is refused', () => {
  it('stays to be read, in the words of the service', async () => {
    service.answer = () => refusal(409, 'offer-expired', 'Leider zu spät.');
    const page = await signedIn();
    const outcome = await page.say(there(), {}, WORDS);
    expect(outcome).toMatchObject({ is: 'refused', told: { detail: 'Leider zu spät.' } });
    const again = await signedIn();
    await again.flush();
    expect(again.outbox.refused.map((entry) => entry.refusal?.detail)).toEqual(['Leider zu spät.']);
    expect(service.at('accept')).toHaveLength(1);
  });

  it('was refused by the service, and not by something between', async () => {
    const page = await signedIn();
    for (const status of [403, 404, 413]) {
      service.answer = () => ({ status, body: { detail: 'Access denied by the network' } });
      expect(await page.say(there(), status, WORDS), String(status)).toEqual({ is: 'waiting' });
    }
    service.answer = () => ({ status: 201, body: {} });
    await page.sendNow();
    expect(page.outbox.entries).toEqual([]);
  });

  it('is sent again or taken away by its owner only', async () => {
    service.answer = () => refusal(409, 'conflict');
    const page = await signedIn();
    await page.say(there(), 'one', WORDS);
    await page.say(there(), 'two', WORDS);
    const [one, two] = page.outbox.refused;
    service.answer = () => ({ status: 201, body: {} });
    await page.again(one!);
    await page.strike(two!.id);
    expect(page.outbox.entries).toEqual([]);
    expect(service.at('accept').map((asked) => asked.body)).toEqual(['one', 'two', 'one']);
  });

  it('does not come back when its owner has taken it away on another page', async () => {
    let answer: (() => void) | undefined;
    const asked = new Promise<void>((reached) => {
      service.answer = () => {
        reached();
        return new Promise((say) => (answer = () => say(refusal(409, 'conflict'))));
      };
    });
    const page = await signedIn();
    const said = page.say(there(), {}, WORDS);
    await asked;
    await page.strike(page.outbox.waiting[0]!.id);
    answer?.();
    await said;
    expect(page.outbox.entries).toEqual([]);
  });

  it('holds up nothing else, and neither does what the service breaks over', async () => {
    service.answer = () => ({ status: 502 });
    const page = await signedIn();
    for (const what of ['broken', 'refused', 'fine']) await page.say(there(), what, WORDS);
    service.answer = ({ body }) =>
      body === 'broken' ? refusal(500, 'internal') : body === 'refused' ? refusal(409, 'conflict') : { status: 201, body: {} };
    await page.sendNow();
    expect(page.outbox.waiting.map((entry) => entry.body)).toEqual(['broken']);
    expect(page.outbox.refused.map((entry) => entry.body)).toEqual(['refused']);
  });
});

describe('what is taken with a word', () => {
  const CODED = { status: 201, body: { minutes: 60, code: { accepted: false, message: 'Der Code stimmt nicht.' } } };

  it('waits to be read, and nothing else of it stays', async () => {
    const page = await signedIn();
    service.answer = () => ({ status: 502 });
    await page.say(there(), { code: '123456', reason: 'about a client' }, WORDS);
    service.answer = () => CODED;
    await page.sendNow();
    expect(page.outbox.entries).toEqual([]);
    expect(page.outbox.answered).toMatchObject([{ word: 'Der Code stimmt nicht.', body: undefined }]);
    const later = await signedIn();
    await later.sendNow();
    expect(later.outbox.answered).toHaveLength(1);
    expect(service.at('accept')).toHaveLength(2);
    await later.strike(later.outbox.answered[0]!.id);
    expect(later.outbox.answered).toEqual([]);
  });

  it('is nothing to read where the code was right', async () => {
    service.answer = () => ({ status: 201, body: { code: { accepted: true, message: 'Bestätigt.' } } });
    const page = await signedIn();
    await page.say(there(), {}, WORDS);
    expect(page.outbox.answered).toEqual([]);
  });
});

describe('a service that has no time', () => {
  it.each([429, 503])('is left alone after %i for as long as it wants, then hears it', async (status) => {
    service.answer = () => ({ ...refusal(status, 'busy'), headers: { 'Retry-After': '1' } });
    const page = await signedIn();
    expect((await page.say(there(), 1, WORDS)).is).toBe('waiting');
    service.answer = () => ({ status: 201, body: {} });
    await page.flush();
    expect(service.at('accept')).toHaveLength(1);
    await vi.waitFor(() => expect(page.outbox.entries).toEqual([]), { timeout: 3000 });
    expect(service.at('accept')).toHaveLength(2);
  });
});

describe('two pages of one browser', () => {
  /** Both send what waits at the same moment; how often the service was asked, and carried it out. */
  async function bothSend() {
    const first = await signedIn();
    service.answer = () => ({ status: 502 });
    await first.say(there(), {}, WORDS);
    const second = await signedIn();
    service.asked = [];
    let carriedOut = 0;
    service.answer = async () => {
      carriedOut += 1;
      await new Promise((done) => setTimeout(done, 300));
      return { status: 201, body: {} };
    };
    await Promise.all([first.sendNow(), second.sendNow()]);
    expect([...first.outbox.entries, ...second.outbox.entries]).toEqual([]);
    return { asked: service.at('accept'), carriedOut };
  }

  it('send the same thing under one key, so that it is done once', async () => {
    const { asked, carriedOut } = await bothSend();
    expect(asked).toHaveLength(2);
    expect(asked[0]?.key).toBe(asked[1]?.key);
    expect(carriedOut).toBe(1);
  });

  it('would have it done twice without the key: the control', async () => {
    service.forgetful = true;
    expect((await bothSend()).carriedOut).toBe(2);
  });

  it('send it once where the browser has locks', async () => {
    vi.stubGlobal('navigator', { onLine: true, languages: [], locks: new Locks() });
    expect((await bothSend()).asked).toHaveLength(1);
  });
});

describe('another account on the same device', () => {
  it('does not send what somebody else said, nor see it', async () => {
    const amal = await signedIn();
    service.answer = () => ({ status: 502 });
    await amal.say(there(), 'of amal', WORDS);
    service.account = 'dilan';
    service.asked = [];
    service.answer = () => ({ status: 201, body: {} });
    const dilan = await signedIn();
    await dilan.sendNow();
    expect(dilan.session.me?.account_id).toBe('dilan');
    expect(dilan.outbox.entries).toEqual([]);
    expect(service.at('accept')).toEqual([]);
    service.account = 'amal';
    const back = await signedIn();
    await back.flush();
    expect(service.at('accept')).toMatchObject([{ body: 'of amal', account: 'amal' }]);
  });

  it('takes over the cookie behind an open page: the page sends nothing in her name', async () => {
    const amal = await signedIn();
    service.account = 'dilan';
    expect((await amal.say(there(), 'of amal', WORDS)).is).toBe('waiting');
    expect(service.at('accept')).toEqual([]);
  });
});

describe('whoever is not signed in any more', () => {
  it('loses nothing: it waits for her next sign-in', async () => {
    const page = await signedIn();
    service.account = null;
    await page.say(there(), 'late', WORDS);
    expect(page.session.me).toBeNull();
    expect(page.session.parting).toBe('ended');
    expect(service.at('accept')).toEqual([]);
    await page.enter(async () => (service.account = 'amal'));
    await page.flush();
    expect(service.at('accept')).toMatchObject([{ body: 'late' }]);
  });
});

describe('a browser that keeps nothing', () => {
  it('sends all the same, and says what is lost with the page', async () => {
    vi.stubGlobal('indexedDB', undefined);
    service.answer = () => ({ status: 502 });
    const page = await signedIn();
    expect((await page.say(there(), {}, WORDS)).is).toBe('waiting');
    expect(page.outbox.fleeting).toBe(true);
    service.answer = () => ({ status: 201, body: {} });
    await page.sendNow();
    expect(page.outbox.entries).toEqual([]);
    expect(page.outbox.fleeting).toBe(false);
  });
});
