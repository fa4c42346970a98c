/** Answers for which the page asked while the app itself was on its way (see `app.html`). */

declare global {
  var asked: Record<string, Promise<Response> | undefined> | undefined;
}

/** Later than this, in milliseconds of the page, what was asked at its start is no news. */
const LATEST_MS = 15_000;

/** The answer to such a question: once, only at the start, and only until something is done. */
export function early({ method, url }: Request): Promise<Response> | undefined {
  // Who signs in, or says anything, changes what was asked before.
  if (method !== 'GET') globalThis.asked = undefined;
  const address = url.slice(new URL(url).origin.length);
  const answer = globalThis.asked?.[address];
  if (answer) delete globalThis.asked?.[address];
  return performance.now() < LATEST_MS ? answer : undefined;
}
