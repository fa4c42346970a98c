/** Saying where she does not go: in every pool that she is in. */
import { api, got } from '$lib/api';
import { Kept } from '$lib/kept.svelte';
import { all } from '$lib/reads';
import { mine } from '../readers';
import type { Exclusion } from './topics';

const MOST = 200;
/** Somebody in one of these states is in no pool. */
const LEFT = ['ended', 'lent'];
const PATH = '/api/v1/volunteers/{volunteer_id}/exclusions';

/** The kinds, what she declines, her pools, and where she was asked. */
export function declining() {
  return new Kept(async () => {
    const params = { path: mine() };
    const [topics, rows, her, offers] = await Promise.all([
      got(api.GET('/api/v1/topics')),
      got(api.GET(PATH, { params })),
      got(api.GET('/api/v1/volunteers/{volunteer_id}', { params })),
      all((cursor) => got(api.GET('/api/v1/offers', { params: { query: { limit: MOST, cursor } } }))),
    ]);
    const pools = her.enrolments.filter((one) => !LEFT.includes(one.state)).map((one) => one.sponsor_id);
    const asked = offers.map(({ institution_id, institution }) => ({ institution_id, institution }));
    return { topics, rows, pools, asked };
  });
}

/** Not any more to this kind of place. */
export async function declineKind(kind: string, pools: string[]): Promise<void> {
  for (const sponsor_id of pools) {
    await api.POST(PATH, { params: { path: mine() }, body: { institution_kind: kind, sponsor_id } });
  }
}

/** Not any more to this place: in the pools that know it. */
export async function declinePlace(id: string, pools: string[]): Promise<void> {
  let refusal: unknown;
  let taken = 0;
  for (const sponsor_id of pools) {
    try {
      await api.POST(PATH, { params: { path: mine() }, body: { institution_id: id, sponsor_id } });
      taken += 1;
    } catch (failure) {
      refusal = failure;
    }
  }
  if (!taken) throw refusal;
}

/** There again: everything of this kind, or of this place, is taken back. */
export async function takeBack(rows: Exclusion[]): Promise<void> {
  for (const row of rows) {
    const path = { ...mine(), exclusion_id: row.id };
    await api.DELETE('/api/v1/volunteers/{volunteer_id}/exclusions/{exclusion_id}', { params: { path } });
  }
}
