/** With what the form begins: an earlier request, what was begun on this device, or nothing yet. */
import { api, got } from '$lib/api';
import { begun, copied, isTouched, withoutWords, type Draft } from '$lib/ask';
import { dropDraft, keepDraft, keptDraft } from '$lib/drafts';
import { session } from '$lib/session.svelte';

const NAME = 'ask';

export interface Begun {
  draft: Draft;
  how: 'new' | 'kept' | 'copied' | 'not_copied';
}

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
  return kept ? { draft: { ...anew(), ...kept }, how: 'kept' } : { draft: anew(), how: 'new' };
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
  if (isTouched(draft)) void keepDraft(NAME, withoutWords(draft));
}

export function drop(): Promise<void> {
  return dropDraft(NAME);
}
