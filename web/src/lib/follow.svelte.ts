/** Keep what a page shows as it is at the service. */
import { onMount, untrack } from 'svelte';
import { outbox } from './outbox.svelte';
import { speech } from './texts/index.svelte';

interface Read {
  readonly loading: boolean;
  refresh(): Promise<void>;
}

/** Read again on a new visit, when the app is looked at again, and when something said here was taken. */
export function follow(...shown: Read[]): void {
  const renew = () => shown.forEach((read) => void read.refresh());
  const wake = () => document.visibilityState === 'visible' && renew();

  onMount(() => {
    // What is read for the first time comes anyway.
    for (const read of shown) if (!read.loading) void read.refresh();
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

/** Read again what the service says in words, once it is to say it in another language. */
export function listen(renew: () => unknown): void {
  let spoken = speech.service;
  $effect(() => {
    if (speech.service === spoken) return;
    spoken = speech.service;
    untrack(renew);
  });
}
