import { requireInstitution } from '$lib/guards';
import { bring } from '$lib/texts/index.svelte';
import german from '$lib/texts/de/institution';

export async function load({ parent }) {
  await parent();
  requireInstitution();
  await bring('institution', german);
}
