/** The service, called by its contract: every address and body is checked against it. */
import createClient, { type Middleware } from 'openapi-fetch';
import { compare } from './actual';
import { early } from './early';
import type { paths } from './schema';
import { failureOf, Refused, Unreached } from './problem';
import { speech } from './texts/index.svelte';

/** No foreign page can send it along: with the cookie it says that the call is ours. */
export const OURS = 'X-Lotsenwerk';

/** Called when the service no longer knows who is signed in here. */
let lost: () => void = () => undefined;

export function onLost(then: () => void): void {
  lost = then;
}

const calls: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', speech.service);
    request.headers.set(OURS, '1');
    return request;
  },
  async onResponse({ response }) {
    compare(response);
    if (response.ok) return response;
    const failure = await failureOf(response);
    if (failure instanceof Refused && failure.slug === 'not-signed-in') lost();
    throw failure;
  },
  onError({ error }) {
    // `fetch` itself fails with a TypeError: no network, or nobody there.
    const isAway = error instanceof TypeError || (error as Error).name === 'AbortError';
    return isAway ? new Unreached() : undefined;
  },
};

/** A network that is there and lets nothing through is none. */
const PATIENCE_MS = 60_000;

function patiently(request: Request): Promise<Response> {
  return early(request)?.catch(() => ask(request)) ?? ask(request);
}

async function ask(request: Request): Promise<Response> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE_MS);
  return fetch(request, { signal: limit.signal }).finally(() => clearTimeout(timer));
}

export const api = createClient<paths>({ baseUrl: globalThis.location?.origin, fetch: patiently });
api.use(calls);

/** The content of an answer; throws `Refused` or `Unreached`. */
export async function got<T>(call: Promise<{ data?: T; response: Response }>): Promise<T> {
  return (await call).data as T;
}

/** The content of an answer with the version that a change of it has to name (`If-Match`). */
export async function gotWithTag<T>(
  call: Promise<{ data?: T; response: Response }>,
): Promise<T & { tag: string }> {
  const { data, response } = await call;
  return { ...(data as T), tag: response.headers.get('ETag') ?? '' };
}
