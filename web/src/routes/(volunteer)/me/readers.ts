/** What the pages about herself read. None of it is kept on the device. */
import { api, got, gotWithTag } from '$lib/api';
import { Kept } from '$lib/kept.svelte';
import { session } from '$lib/session.svelte';
import type { components } from '$lib/schema';

type Schemas = components['schemas'];
export type Volunteer = Schemas['VolunteerRead'];
/** With the version that a change of it has to name. */
export type Myself = Volunteer & { tag: string };

/** The path of what belongs to her record. */
export function mine() {
  return { volunteer_id: session.me?.volunteer_id ?? '' };
}

export function myself(): Kept<Myself> {
  return new Kept(() => gotWithTag(api.GET('/api/v1/volunteers/{volunteer_id}', { params: { path: mine() } })));
}

/** Change some of her details; what somebody else changed meanwhile is not overwritten. */
export function change(tag: string, body: Schemas['VolunteerUpdate']) {
  const params = { path: mine(), header: { 'If-Match': tag } };
  return got(api.PATCH('/api/v1/volunteers/{volunteer_id}', { params, body }));
}
