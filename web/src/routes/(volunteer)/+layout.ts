import { requireVolunteer } from '$lib/guards';
import { bring } from '$lib/texts/index.svelte';
import german from '$lib/texts/de/volunteer';

export async function load({ parent }) {
  await parent();
  requireVolunteer();
  await bring('volunteer', german);
}
