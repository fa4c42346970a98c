/** A parents' day in words, and what can be done about it. */
import { api, got } from '$lib/api';
import { needBody, type Need } from '$lib/ask';
import type { components } from '$lib/schema';
import { duration, moment } from '$lib/time';
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

/** `8 Gespräche, für 4 hat jemand zugesagt` */
export function needWords({ slots, booked_slots }: ParentsDay['needs'][number]): string {
  const n = slots;
  if (!booked_slots) return t('requests.day_need_none', { n });
  return t(booked_slots < slots ? 'requests.day_need_some' : 'requests.day_need_all', { n, booked: booked_slots });
}

/** The languages as a form begins with them. */
export function needsOf(one: ParentsDay): Need[] {
  return one.needs.map((need) => ({
    language: need.language ?? need.written,
    slots: String(need.slots),
    at_once: need.at_once ? String(need.at_once) : '',
    min_level: need.min_level as Need['min_level'],
  }));
}

/** Whether its languages can still be changed. */
export function isAhead(one: ParentsDay, now: Date): boolean {
  return isLive(one) && moment(one.day, one.start) > now;
}

/** Other languages or numbers: who is booked stays, the rest is planned again. */
export function changeNeeds(one: ParentsDay, needs: Need[]) {
  const params = { path: { parents_day_id: one.id }, header: { 'If-Match': one.tag } };
  return got(api.PUT('/api/v1/parents-days/{parents_day_id}/needs', { params, body: { needs: needs.map(needBody) } }));
}

export function cancel(parents_day_id: string, reason: string) {
  return got(api.POST('/api/v1/parents-days/{parents_day_id}/cancel', { params: { path: { parents_day_id } }, body: { reason } }));
}
