import { requireSignedIn } from '$lib/guards';
import { bring } from '$lib/texts/index.svelte';
import german from '$lib/texts/de/entry';

export async function load({ parent }) {
  await parent();
  requireSignedIn();
  await bring('entry', german);
}
