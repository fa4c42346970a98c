/** What an institution says about hours that were reported. */
import { api, got } from '$lib/api';
import { latin } from '$lib/hours';
import type { components } from '$lib/schema';
import type { InstitutionKey } from '$lib/texts/index.svelte';

type Schemas = components['schemas'];
export const FEEDBACK = ['', 'good', 'fair', 'poor'] as const;
export type Feedback = (typeof FEEDBACK)[number];
export const OUTCOMES = ['', 'performed', 'client_no_show', 'cut_short', 'aborted'] as const;
export type Outcome = (typeof OUTCOMES)[number];

const MOST_MINUTES = 600;
/** The service keeps no shorter reason. */
const SHORTEST = 3;

/** How it was, and what was otherwise. */
export interface Word {
  feedback: Feedback;
  feedback_note: string;
  minutes: string;
  outcome: Outcome;
  reason: string;
}

export function word(minutes: number): Word {
  return { feedback: '', feedback_note: '', minutes: String(minutes), outcome: '', reason: '' };
}

/** Minutes as they were typed, or nothing where that is no number of minutes. */
export function minutesOf(typed: string): number | undefined {
  const text = latin(typed).trim();
  const minutes = /^\d{1,3}$/.test(text) ? Number(text) : undefined;
  return minutes !== undefined && minutes <= MOST_MINUTES ? minutes : undefined;
}

/** What is missing before it can be said that it was otherwise. */
export function mistakesOf(said: Word): Partial<Record<'minutes' | 'reason', InstitutionKey>> {
  return {
    ...(minutesOf(said.minutes) === undefined && { minutes: 'requests.confirm_minutes_wrong' }),
    ...(said.reason.trim().length < SHORTEST && { reason: 'requests.confirm_why_missing' }),
  };
}

function feedbackOf(said: Word) {
  if (!said.feedback) return {};
  const note = said.feedback === 'poor' ? said.feedback_note.trim() : '';
  return { feedback: said.feedback, feedback_note: note };
}

/** The body of a yes: so many minutes as reported. */
export function confirmBody(reported: number, said: Word): Schemas['Confirm'] {
  return { minutes: reported, reason: '', feedback_note: '', ...feedbackOf(said) };
}

/** The body of a no. */
export function disputeBody(said: Word): Schemas['Dispute'] {
  const outcome = said.outcome || null;
  const minutes = minutesOf(said.minutes) ?? 0;
  return { minutes, reason: said.reason.trim(), outcome, feedback_note: '', ...feedbackOf(said) };
}

const path = (record_id: string) => ({ params: { path: { record_id } } });

export function confirm(id: string, body: Schemas['Confirm']) {
  return got(api.POST('/api/v1/service-records/{record_id}/confirm', { ...path(id), body }));
}

export function dispute(id: string, body: Schemas['Dispute']) {
  return got(api.POST('/api/v1/service-records/{record_id}/dispute', { ...path(id), body }));
}
