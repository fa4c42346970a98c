/** A series in words, and what can be done about it. */
import { api, got } from '$lib/api';
import type { Role } from '$lib/ask';
import type { components } from '$lib/schema';
import { duration, moment } from '$lib/time';
import { t } from '$lib/texts/index.svelte';
import { seatWords } from '../../../ask/summary';
import type { Series } from '../../reads';
import { placeOf, type Look } from '../../standing';

type Schemas = components['schemas'];
export type DateOf = Series['dates'][number];
export type Changed = Schemas['SeriesChange'];
type Update = Schemas['SeriesUpdate'];

const LIVE = ['submitted', 'needs_info', 'open', 'booked'];

/** Whether a date is still to take place. */
export function isAhead(one: DateOf, now: Date): boolean {
  return LIVE.includes(one.state) && moment(one.day, one.start) > now;
}

export function lookOf(state: string): Look {
  if (state === 'booked' || state === 'done' || state === 'closed') return 'good';
  if (state === 'unfilled' || state === 'rejected') return 'bad';
  return LIVE.includes(state) ? 'wait' : '';
}

export function factsOf(one: Series) {
  return [
    ...one.seats.map((seat, at) => ({
      name: one.seats.length > 1 ? t('ask.seat', { n: at + 1 }) : t('requests.wanted'),
      value: wantedOf(seat),
    })),
    { name: t('ask.minutes'), value: duration(one.duration_minutes) },
    { name: t('requests.place'), value: placeOf(one) },
    { name: t('requests.room'), value: one.room },
    { name: t('requests.contact'), value: [one.contact_name, one.contact_phone].filter(Boolean).join(', ') },
    { name: t('requests.note'), value: one.note, lang: 'de' },
  ];
}

/** The seats of a series are kept as they were sent. */
function wantedOf(seat: Record<string, unknown>): string {
  return seatWords({
    role: String(seat.role ?? 'interpreter') as Role,
    language: String(seat.language ?? ''),
    gender: String(seat.gender ?? '') as 'f',
    hard: Boolean(seat.gender_hard),
  });
}

/** Change all dates still to come; with `preview` only say what would happen. */
export function change(one: Series, body: Pick<Update, 'start' | 'duration_minutes' | 'room'>, preview: boolean) {
  const params = { path: { series_id: one.id }, header: { 'If-Match': one.tag } };
  const whole = { ...body, scope: 'all' as const, preview, seats: [], reason: t('requests.series_change') };
  return got(api.PATCH('/api/v1/series/{series_id}', { params, body: whole }));
}

/** Call off all dates still to come, or those from `request_id` on. */
export function cancel(series_id: string, request_id: string | null, reason: string) {
  const body = { scope: request_id ? ('following' as const) : ('all' as const), request_id, reason };
  return got(api.POST('/api/v1/series/{series_id}/cancel', { params: { path: { series_id } }, body }));
}
