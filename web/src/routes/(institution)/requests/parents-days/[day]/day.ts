/** A parents' day in words, and what can be done about it. */
import { api, got } from '$lib/api';
import type { components } from '$lib/schema';
import { duration } from '$lib/time';
import { t } from '$lib/texts/index.svelte';
import type { ParentsDay } from '../../reads';
import { placeOf } from '../../standing';

type Update = components['schemas']['ParentsDayUpdate'];

const ENDED = ['done', 'closed', 'rejected', 'unfilled', 'cancelled'];

export function isLive(one: ParentsDay): boolean {
  return !ENDED.includes(one.state);
}

export function factsOf(one: ParentsDay) {
  return [
    { name: t('requests.place'), value: placeOf(one) },
    { name: t('requests.room'), value: one.room },
    { name: t('ask.slot'), value: duration(one.slot_minutes) },
    { name: t('requests.contact'), value: [one.contact_name, one.contact_phone].filter(Boolean).join(', ') },
    { name: t('requests.note'), value: one.note, lang: 'de' },
  ];
}

export function change(parents_day_id: string, tag: string, body: Update) {
  const params = { path: { parents_day_id }, header: { 'If-Match': tag } };
  return got(api.PATCH('/api/v1/parents-days/{parents_day_id}', { params, body }));
}

export function cancel(parents_day_id: string, reason: string) {
  return got(api.POST('/api/v1/parents-days/{parents_day_id}/cancel', { params: { path: { parents_day_id } }, body: { reason } }));
}
