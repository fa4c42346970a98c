/** What the pages of an institution read besides its requests. */
import { api, got } from '$lib/api';
import { Kept } from '$lib/kept.svelte';
import type { components } from '$lib/schema';
import { session } from '$lib/session.svelte';

type Schemas = components['schemas'];
export type Institution = Schemas['InstitutionRead'];
export type Pool = Schemas['SponsorRead'];

const MOST = 200;

/** The institutions somebody asks for, and whom they may ask. */
export interface Mine {
  institutions: Institution[];
  pools: Pool[];
}

async function load(): Promise<Mine> {
  const ids = session.me?.institution_ids ?? [];
  const params = (institution_id: string) => ({ params: { path: { institution_id } } });
  const [institutions, pools] = await Promise.all([
    Promise.all(ids.slice(0, MOST).map((id) => got(api.GET('/api/v1/institutions/{institution_id}', params(id))))),
    got(api.GET('/api/v1/sponsors')),
  ]);
  return { institutions, pools };
}

export function mine(): Kept<Mine> {
  return new Kept(load, { name: 'institutions' });
}
