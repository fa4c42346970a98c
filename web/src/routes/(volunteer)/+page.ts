import { appointments } from '$lib/reads';

/** Whoever opens the app sees what is next at once, not first a page without it. */
const PATIENCE_MS = 500;

export async function load({ parent }) {
  await parent();
  const kept = appointments();
  await Promise.race([kept.begun, new Promise((then) => setTimeout(then, PATIENCE_MS))]);
  return { kept };
}
