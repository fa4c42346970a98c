/** A service of its own for a test: it answers as it is told, and remembers what it was asked. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';

export interface Asked {
  method: string;
  path: string;
  key: string | undefined;
  ours: boolean;
  body: unknown;
  /** Whom the cookie named when it came. */
  account: string | null;
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export const refusal = (status: number, slug: string, detail = slug): Answer => ({
  status,
  body: { type: `/problems/${slug}`, title: slug, status, detail },
});

export class Service {
  asked: Asked[] = [];
  /** Who is signed in; the browser of a test has one cookie, as any other. */
  account: string | null = 'amal';
  /** What it says to anything but signing in and out. */
  answer: (asked: Asked) => Answer | Promise<Answer> = () => ({ status: 201, body: { done: true } });
  /** It takes no notice of keys: what a test would look like without them. */
  forgetful = false;
  /** Under a key it is carried out once: whoever asks again waits for the same answer. */
  private readonly done = new Map<string, Promise<Answer>>();
  private server?: Server;

  get origin(): string {
    return `http://127.0.0.1:${(this.server?.address() as AddressInfo).port}`;
  }

  async open(): Promise<this> {
    this.server = createServer((request, response) => {
      void this.hear(request).then(({ status, body, headers }) => {
        response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close', ...headers });
        response.end(body === undefined ? undefined : JSON.stringify(body));
      });
    });
    await new Promise<void>((ready) => this.server?.listen(0, '127.0.0.1', ready));
    return this;
  }

  async close(): Promise<void> {
    await new Promise((closed) => this.server?.close(closed));
  }

  /** What it was asked at addresses that hold these words. */
  at(words: string): Asked[] {
    return this.asked.filter((one) => `${one.method} ${one.path}`.includes(words));
  }

  private async hear(request: IncomingMessage): Promise<Answer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const asked: Asked = {
      method: request.method ?? '',
      path: request.url ?? '',
      key: request.headers['idempotency-key'] as string | undefined,
      ours: 'x-lotsenwerk' in request.headers,
      body: text ? JSON.parse(text) : undefined,
      account: this.account,
    };
    this.asked.push(asked);
    return this.say(asked);
  }

  private async say(asked: Asked): Promise<Answer> {
    if (asked.path.endsWith('/auth/logout')) return this.signOut();
    if (asked.account === null) return refusal(401, 'not-signed-in');
    if (asked.path === '/api/v1/me') return { status: 200, body: meOf(asked.account) };
    return asked.key && !this.forgetful ? this.once(asked.key, asked) : this.answer(asked);
  }

  private async once(key: string, asked: Asked): Promise<Answer> {
    const before = this.done.get(key);
    if (before) return before;
    const answer = Promise.resolve(this.answer(asked));
    this.done.set(key, answer);
    // What is refused is not kept: the key is free again.
    if ((await answer).status >= 300) this.done.delete(key);
    return answer;
  }

  private signOut(): Answer {
    if (this.account === null) return refusal(401, 'not-signed-in');
    this.account = null;
    return { status: 204 };
  }
}

function meOf(account: string): unknown {
  const factor = { needed: false, app: false, mail: false };
  return { account_id: account, name: account, volunteer_id: account, institution_ids: [], factor };
}

/** Open pages of one browser: modules of its own for each, and one database for all. */
export async function newPage(service: Service) {
  vi.resetModules();
  vi.stubGlobal('location', { origin: service.origin, replace: vi.fn() });
  const session = await import('./session.svelte');
  const outbox = await import('./outbox.svelte');
  const store = await import('./store');
  const { Kept } = await import('./kept.svelte');
  return { ...session, ...outbox, ...store, Kept };
}
