/** With what the form begins: an earlier request, what was begun on this device, or nothing yet. */
import { api, got } from '$lib/api';
import { begun, copied, isTouched, withoutWords, wordsOf, type Draft, type Words } from '$lib/ask';
import { dropDraft, keepDraft, keptDraft } from '$lib/drafts';
import { session } from '$lib/session.svelte';

const NAME = 'ask';

export interface Begun {
  draft: Draft;
  /** `kept` lay on this device without its words; of `whole` nothing is missing. */
  how: 'new' | 'kept' | 'whole' | 'copied' | 'not_copied';
}

/** The words of a form that was left for another page: they stay while the app is open, and nowhere else. */
let left: { account: string | undefined; words: Words } | undefined;

/** The only institution somebody asks for. */
function onlyOne(): string {
  const ids = session.me?.institution_ids ?? [];
  return ids.length === 1 ? (ids[0] ?? '') : '';
}

export function anew(): Draft {
  return begun(onlyOne());
}

/** The form with what was there before; `from` is an earlier request that is asked for once more. */
export async function first(from: string | null): Promise<Begun> {
  if (from) return copy(from);
  const kept = await keptDraft<Draft>(NAME);
  if (!kept) return { draft: anew(), how: 'new' };
  const words = left?.account === session.me?.account_id ? left?.words : undefined;
  return { draft: { ...anew(), ...kept, ...words }, how: words ? 'whole' : 'kept' };
}

async function copy(request_id: string): Promise<Begun> {
  try {
    const found = await got(api.GET('/api/v1/requests/{request_id}', { params: { path: { request_id } } }));
    return { draft: copied(found), how: 'copied' };
  } catch {
    return { draft: anew(), how: 'not_copied' };
  }
}

export function keep(draft: Draft): void {
  if (!isTouched(draft)) return;
  left = { account: session.me?.account_id, words: wordsOf(draft) };
  void keepDraft(NAME, withoutWords(draft));
}

export function drop(): Promise<void> {
  left = undefined;
  return dropDraft(NAME);
}
