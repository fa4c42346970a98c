/** Forms that were begun and not sent: they wait on this device, and go with who signs out. */
import type { Draft } from './hours';
import { session } from './session.svelte';
import { database } from './store';

function nameOf(id: string): string {
  return `draft:${id}`;
}

/** Keep it; a note about an appointment may be about a client and is not kept. */
export async function keepDraft<D extends object>(id: string, draft: D): Promise<void> {
  const account = session.me?.account_id;
  if (!account) return;
  const keepsake = { name: nameOf(id), account, content: 'note' in draft ? { ...draft, note: '' } : draft, at: Date.now() };
  await database().then((found) => found.put('keepsakes', keepsake)).catch(() => undefined);
}

/** What she had begun: a report of hours, where nothing else is named. */
export async function keptDraft<D = Draft>(id: string): Promise<D | undefined> {
  const kept = await database().then((found) => found.get('keepsakes', nameOf(id))).catch(() => undefined);
  return kept && kept.account === session.me?.account_id ? (kept.content as D) : undefined;
}

export async function dropDraft(id: string): Promise<void> {
  await database().then((found) => found.delete('keepsakes', nameOf(id))).catch(() => undefined);
}
