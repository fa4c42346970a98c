import { begin } from '$lib/session.svelte';
import { bring } from '$lib/texts/index.svelte';

export const ssr = false;
export const prerender = false;

let begun: Promise<unknown> | undefined;

export async function load() {
  begun ??= Promise.all([begin(), bring('shared')]);
  await begun;
}
