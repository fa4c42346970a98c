/** How a request stands, in plain words, and what an institution has to do about it. */
import { languageName } from '$lib/languages';
import type { Appointment } from '$lib/reads';
import { session } from '$lib/session.svelte';
import { clock, day, isoDay, plusDays, span } from '$lib/time';
import { speech, t } from '$lib/texts/index.svelte';
import type { Asked, Overview } from './reads';

export const GROUPS = ['answer', 'sought', 'booked', 'past'] as const;
export type Group = (typeof GROUPS)[number];
export type Look = 'good' | 'wait' | 'bad' | '';

export interface Standing {
  words: string;
  look: Look;
}

type Time = Asked['times'][number];
/** Of a request, what its time is read from. */
type Timed = Pick<Asked, 'times'>;

const ENDED = ['done', 'closed', 'rejected', 'unfilled', 'cancelled'];
const UNCLEAR = ['submitted', 'needs_info'];
const CAME = ['booked', 'performed', 'client_no_show'];
const MINUTE = 60_000;
/** So long after the start somebody may still be on the way. */
const LATE_MS = 15 * MINUTE;
/** From so long before the start on the code may be needed. */
const CODE_BEFORE_MS = 60 * MINUTE;
const CODE_AFTER_MS = 14 * 86_400_000;

/** The time that counts: the one that was chosen, else the one that was asked for first. */
export function timeOf(one: Timed): Time {
  const found = one.times.find((time) => time.chosen) ?? one.times[0];
  if (!found) throw new Error('a request without a time');
  return found;
}

/** Its last possible time is over. */
export function isOver(one: Timed, now: Date): boolean {
  const ends = one.times.some((time) => time.chosen) ? [timeOf(one)] : one.times;
  return ends.every((time) => Date.parse(time.ends_at) <= now.getTime());
}

export function isEnded(one: Pick<Asked, 'state'>): boolean {
  return ENDED.includes(one.state);
}

/** The texts in which something about a person seems to stand. */
export function personalFields(one: Pick<Asked, 'open_questions'>): string[] {
  const NAME = 'personal_data:';
  return one.open_questions.filter((code) => code.startsWith(NAME)).map((code) => code.slice(NAME.length));
}

/** Where a request stands in the list. */
export function groupOf(one: Asked, now: Date): Group {
  if (isEnded(one)) return one.state === 'unfilled' && !isOver(one, now) ? 'answer' : 'past';
  if (isOver(one, now)) return 'past';
  if (one.offered_times.length || personalFields(one).length) return 'answer';
  return one.state === 'booked' ? 'booked' : 'sought';
}

/** Who goes there, or went. */
export function peopleOf(one: Pick<Asked, 'id'>, bookings: Appointment[]): Appointment[] {
  return bookings.filter((row) => row.request_id === one.id && CAME.includes(row.state));
}

/** How it stands, in one sentence. */
export function standingOf(one: Asked, bookings: Appointment[], now: Date): Standing {
  const people = peopleOf(one, bookings);
  if (isEnded(one)) return ended(one.state as 'done', people);
  if (UNCLEAR.includes(one.state)) {
    const shortens = personalFields(one).length > 0;
    return { words: t(shortens ? 'requests.is_to_shorten' : 'requests.is_unclear'), look: 'wait' };
  }
  const coming = people.filter((row) => row.state === 'booked');
  if (coming.length) return underway(one, coming);
  if (isOver(one, now)) return { words: t('requests.is_over'), look: '' };
  if (one.offered_times.length) return { words: t('requests.is_offered'), look: 'wait' };
  return { words: t('requests.is_sought'), look: 'wait' };
}

function ended(state: 'done' | 'closed' | 'rejected' | 'unfilled' | 'cancelled', people: Appointment[]): Standing {
  if (state === 'unfilled') return { words: t('requests.is_unfilled'), look: 'bad' };
  if (state === 'rejected') return { words: t('requests.is_rejected'), look: 'bad' };
  if (state === 'cancelled') return { words: t('requests.is_cancelled'), look: '' };
  const who = namesOf(people);
  return { words: who ? t('requests.is_done_by', { who }) : t('requests.is_done'), look: 'good' };
}

/** Who comes, and how far they are; of several the one who is furthest is told of. */
function underway(one: Asked, coming: Appointment[]): Standing {
  const who = namesOf(coming);
  const finished = coming.find((row) => row.finished_at);
  if (finished?.finished_at) return { words: t('requests.is_finished', { time: clock(finished.finished_at) }), look: 'good' };
  const started = coming.find((row) => row.started_at);
  if (started?.started_at) return { words: t('requests.is_started', { time: clock(started.started_at) }), look: 'good' };
  const gone = coming.find((row) => row.on_the_way_at);
  if (gone?.on_the_way_at) {
    return { words: t('requests.is_on_the_way', { who: gone.volunteer, time: clock(gone.on_the_way_at) }), look: 'good' };
  }
  const open = one.seats.filter((seat) => seat.state === 'open').length;
  if (open) return { words: t('requests.is_partly', { who, n: open }), look: 'wait' };
  return { words: t('requests.is_booked', { who, n: coming.length }), look: 'good' };
}

/** `Dilan und Amal` */
export function namesOf(people: { volunteer: string }[]): string {
  const names = people.map((row) => row.volunteer);
  return new Intl.ListFormat(speech.locale, { type: 'conjunction' }).format(names);
}

/** The requests of a group in the order in which they matter. */
export function grouped(found: Overview, now: Date): Record<Group, Asked[]> {
  const groups: Record<Group, Asked[]> = { answer: [], sought: [], booked: [], past: [] };
  for (const one of found.requests) groups[groupOf(one, now)].push(one);
  const start = (one: Asked) => Date.parse(timeOf(one).starts_at);
  for (const name of GROUPS) groups[name].sort((a, b) => start(a) - start(b));
  groups.past.reverse();
  return groups;
}

/** A line of the list: one request, or the first of a series or parents' day with how many follow. */
export interface Row {
  one: Asked;
  more: number;
}

/** Dates of one series, and shifts of one parents' day, stand together. */
export function together(rows: Asked[]): Row[] {
  const found = new Map<string, Row>();
  for (const one of rows) {
    const name = one.series_id ?? one.parents_day_id ?? one.id;
    const row = found.get(name);
    if (row) row.more += 1;
    else found.set(name, { one, more: 0 });
  }
  return [...found.values()];
}

/** `Mo., 30. Nov., 09:30–10:30` */
export function whenOf(time: { starts_at: string; ends_at: string }): string {
  return `${day(time.starts_at)}, ${span(time.starts_at, time.ends_at)}`;
}

/** The same, or `Heute, 09:30–10:30`. */
export function soonOf(time: { starts_at: string; ends_at: string }, now: Date): string {
  const hours = { span: span(time.starts_at, time.ends_at) };
  const on = isoDay(time.starts_at);
  if (on === isoDay(now)) return t('requests.today', hours);
  return on === plusDays(isoDay(now), 1) ? t('requests.tomorrow', hours) : whenOf(time);
}

/** `Kurdisch (Kurmandschi), Dari` */
export function languagesOf(one: Pick<Asked, 'seats'>): string {
  const names = one.seats.map((seat) => languageName(seat.language) || seat.language_written);
  return [...new Set(names.filter(Boolean))].join(', ');
}

/** Whether the code for the end may be needed now: around the appointment, until its hours are reported. */
export function needsCode(row: Appointment, now: Date): boolean {
  const start = Date.parse(row.starts_at);
  const isThen = now.getTime() >= start - CODE_BEFORE_MS && now.getTime() < start + CODE_AFTER_MS;
  return row.state === 'booked' && !row.record_id && isThen;
}

/** Whether it can still be moved or called off. */
export function isAhead(one: Timed, now: Date): boolean {
  return Date.parse(timeOf(one).starts_at) > now.getTime();
}

/** Whose place it is, where somebody asks for several: for one it goes without saying. */
export function placeOf(one: { institution: string }): string {
  return (session.me?.institution_ids.length ?? 0) > 1 ? one.institution : '';
}

/** Whether it can be said that somebody who was to come has not. */
export function mayBeMissing(row: Appointment, now: Date): boolean {
  const isLate = now.getTime() > Date.parse(row.starts_at) + LATE_MS;
  return row.state === 'booked' && !row.started_at && !row.record_id && isLate;
}

/** Minutes of a time. */
export function minutesOf({ starts_at, ends_at }: { starts_at: string; ends_at: string }): number {
  return Math.round((Date.parse(ends_at) - Date.parse(starts_at)) / MINUTE);
}
