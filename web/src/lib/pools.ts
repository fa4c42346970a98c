/** The pools somebody helps in, with her roles there. */
import { api, got } from './api';
import { Kept } from './kept.svelte';
import { session } from './session.svelte';

export interface Pool {
  id: string;
  name: string;
  roles: string[];
  /** She has left it: what was stays hers. */
  ended: boolean;
}

async function load(): Promise<Pool[]> {
  const path = { volunteer_id: session.me?.volunteer_id ?? '' };
  const { enrolments } = await got(api.GET('/api/v1/volunteers/{volunteer_id}', { params: { path } }));
  const names = new Map((await got(api.GET('/api/v1/sponsors'))).map((one) => [one.id, one.name]));
  return enrolments.map(({ sponsor_id, roles, state }) => ({
    id: sponsor_id,
    name: names.get(sponsor_id) ?? '',
    roles,
    ended: state === 'ended',
  }));
}

export function pools(): Kept<Pool[]> {
  return new Kept(load, { name: 'pools' });
}
