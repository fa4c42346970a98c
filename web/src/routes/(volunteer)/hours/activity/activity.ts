/** Hours without an appointment as they stand in a form, and how they are named. */
import { actual } from '$lib/actual';
import { timesBody, type Times } from '$lib/hours';
import { day, inOrder, isoDay, noon } from '$lib/time';
import { listed, t, type RecordsKey } from '$lib/texts/index.svelte';

export const ACTIVITIES = '/api/v1/activities';
export const KINDS = [
  'consultation',
  'team_meeting',
  'outreach',
  'accompaniment',
  'training',
  'organisation',
  'other',
] as const;
type Kind = (typeof KINDS)[number];

export interface Activity extends Times {
  kind: Kind | '';
}

/** `Sprechstunde` */
export function nameOf(kind: string): string {
  return t(`hours.kind_${kind}` as RecordsKey);
}

/** An empty form, of today. */
export function begun(): Activity {
  return { kind: '', day: isoDay(actual()), start: '', end: '', pause: '' };
}

/** What the service wants of it. */
export function bodyOf(activity: Activity) {
  return { kind: activity.kind as Kind, ...timesBody(activity) };
}

/** What names it in the outbox. */
export function wordsOf(activity: Activity) {
  const when = listed(day(noon(activity.day)), inOrder(`${activity.start}–${activity.end}`));
  return { kind: nameOf(activity.kind), when };
}
