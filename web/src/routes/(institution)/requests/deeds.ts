/** What can be done about a request. */
import { api, got } from '$lib/api';
import type { Time } from '$lib/ask';
import type { components } from '$lib/schema';

type Schemas = components['schemas'];
export type Update = Schemas['RequestUpdate'];
export const CAUSES = ['not_needed', 'client_cancelled', 'institution_closed', 'other'] as const;
export type Cause = (typeof CAUSES)[number];

/** The service keeps no shorter reason. */
const SHORTEST = 3;

/** What was written, or the cause in words where that is too little. */
export function reasonOf(written: string, cause: string): string {
  const said = written.trim();
  return said.length < SHORTEST ? cause : said;
}

export function change(request_id: string, tag: string, body: Update) {
  const params = { path: { request_id }, header: { 'If-Match': tag } };
  return got(api.PATCH('/api/v1/requests/{request_id}', { params, body }));
}

export function move(request_id: string, times: Time[], duration_minutes: number, reason = '') {
  const body = { times, duration_minutes, reason: reason.trim(), agreed: [] };
  return got(api.POST('/api/v1/requests/{request_id}/move', { params: { path: { request_id } }, body }));
}

export function cancel(request_id: string, cause: Cause, reason: string) {
  return got(api.POST('/api/v1/requests/{request_id}/cancel', { params: { path: { request_id } }, body: { cause, reason } }));
}

export function reportMissing(assignment_id: string) {
  const params = { path: { assignment_id } };
  return got(api.POST('/api/v1/assignments/{assignment_id}/no-show', { params, body: { who: 'volunteer', reason: '' } }));
}
