/** Keep what a page shows as it is at the service. */
import { onMount, untrack } from 'svelte';
import { outbox } from './outbox.svelte';
import { speech } from './texts/index.svelte';

/** What came so few milliseconds ago is new. */
const NEW_MS = 3000;

interface Read {
  readonly loading: boolean;
  readonly at?: Date;
  refresh(): Promise<void>;
}

/** Read again on a new visit, when the app is looked at again, and when something said here was taken. */
export function follow(...shown: Read[]): void {
  const renew = () => shown.forEach((read) => void read.refresh());
  const wake = () => document.visibilityState === 'visible' && renew();

  onMount(() => {
    for (const read of shown) if (!read.loading && !isNew(read)) void read.refresh();
    document.addEventListener('visibilitychange', wake);
    return () => document.removeEventListener('visibilitychange', wake);
  });

  listen(renew);
  let taken = outbox.taken;
  $effect(() => {
    if (outbox.taken === taken) return;
    taken = outbox.taken;
    untrack(renew);
  });
}

/** Read for this very page. */
function isNew({ at }: Read): boolean {
  return at !== undefined && Math.abs(Date.now() - at.getTime()) < NEW_MS;
}

/** Read again what the service says in words, once it is to say it in another language. */
export function listen(renew: () => unknown): void {
  let spoken = speech.service;
  $effect(() => {
    if (speech.service === spoken) return;
    spoken = speech.service;
    untrack(renew);
  });
}
