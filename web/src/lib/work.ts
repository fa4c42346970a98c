/** Which appointments and questions matter at a moment, and how they are named. */
import { languageName } from './languages';
import type { Appointment, Offer } from './reads';
import { clock, day, dayAndSpan, isoDay, plusDays } from './time';
import { t } from './texts/index.svelte';

const HOUR = 3_600_000;
/** So long after its end an appointment may still be what somebody is busy with. */
const LINGERS = 2 * HOUR;
/** Nearer than this, the next appointment comes first again. */
const NEAR = HOUR;
/** Around the start of an appointment its steps are said, as the service takes them. */
const STEPS_BEFORE = 12 * HOUR;
const STEPS_AFTER = 24 * HOUR;
/** Less notice than this is late. */
const LATE = 24 * HOUR;

export type Mode = 'on_site' | 'phone' | 'video';
export type Step = 'on_the_way' | 'started' | 'finished';

/** She is booked, and nothing was said of it that ends it. */
export function stands(one: Appointment): boolean {
  return one.state === 'booked' && !one.record_id;
}

function end(one: Appointment): number {
  return Date.parse(one.finished_at ?? one.ends_at);
}

/** What is still to come or under way. */
export function coming(rows: Appointment[], now: Date): Appointment[] {
  return rows.filter((one) => stands(one) && end(one) > now.getTime());
}

/** What is over and of which nobody has said how long it was. */
export function unreported(rows: Appointment[], now: Date): Appointment[] {
  return rows.filter((one) => stands(one) && end(one) <= now.getTime());
}

/** The one appointment that matters now: under way, just over, or else the next one. */
export function atHand(rows: Appointment[], now: Date): Appointment | undefined {
  const next = coming(rows, now)[0];
  if (next && Date.parse(next.starts_at) - now.getTime() < NEAR) return next;
  const over = unreported(rows, now).filter((one) => end(one) + LINGERS > now.getTime());
  return over[over.length - 1] ?? next;
}

/** Whether it is the time to say that one is on the way, has begun, has ended. */
export function takesSteps(one: Appointment, now: Date): boolean {
  const from = now.getTime() - Date.parse(one.starts_at);
  return stands(one) && from >= -STEPS_BEFORE && from <= STEPS_AFTER;
}

/** She was asked whether it stands, and has not answered. */
export function isToConfirm(one: Appointment, now: Date): boolean {
  const asked = one.reminded_at !== null && one.reconfirmed_at === null;
  return stands(one) && asked && Date.parse(one.starts_at) > now.getTime();
}

/** Whether it can still be given back, and whether that would be late. */
export function mayGiveBack(one: Appointment, now: Date): boolean {
  return stands(one) && Date.parse(one.starts_at) > now.getTime();
}

export function isLate(one: { starts_at: string }, now: Date): boolean {
  return Date.parse(one.starts_at) - now.getTime() < LATE;
}

/** Whether a question still waits for an answer. */
export function isOpen(offer: Offer, now: Date): boolean {
  return offer.state === 'pending' && Date.parse(offer.expires_at) > now.getTime();
}

/** What has become of it, where that is to be known before one looks. */
export function stateOf(one: Appointment, now: Date): { name: string; kind: 'good' | 'wait' | 'bad' | '' } | undefined {
  if (one.state.startsWith('cancelled')) return { name: t('appointments.cancelled'), kind: 'bad' };
  if (one.state === 'client_no_show') return { name: t('appointments.nobody_came'), kind: '' };
  if (one.state === 'volunteer_no_show') return { name: t('appointments.not_kept'), kind: '' };
  if (one.record_id) return { name: t('appointments.reported'), kind: 'good' };
  if (unreported([one], now).length) return { name: t('appointments.unreported'), kind: 'wait' };
  return undefined;
}

/** When she has to leave to be there in time. */
export function departure(one: { starts_at: string; travel_minutes: number | null }): string | undefined {
  if (!one.travel_minutes) return undefined;
  return clock(new Date(Date.parse(one.starts_at) - one.travel_minutes * 60_000));
}

/** Rows under their day, in the order they have. */
export function byDay<R extends { starts_at: string }>(rows: R[]): { date: string; rows: R[] }[] {
  const days = new Map<string, R[]>();
  for (const row of rows) {
    const date = isoDay(row.starts_at);
    days.set(date, [...(days.get(date) ?? []), row]);
  }
  return Array.from(days, ([date, of]) => ({ date, rows: of }));
}

/** `Heute`, `Morgen`, or the day itself. */
export function dayName(moment: string | Date, now: Date, named = day): string {
  const today = isoDay(now);
  const date = isoDay(moment);
  if (date === today) return t('appointments.today');
  return date === plusDays(today, 1) ? t('appointments.tomorrow') : named(moment);
}

/** `Mo., 30. Nov., 09:30–10:30` */
export function whenOf(one: { starts_at: string; ends_at: string }): string {
  return dayAndSpan(one.starts_at, one.ends_at);
}

/** What fills the sentences about it in the outbox. */
export function valuesOf(one: { institution: string; starts_at: string; ends_at: string }) {
  return { place: one.institution, when: whenOf(one) };
}

/** What she does there: `Dolmetschen: Dari`. */
export function taskOf(one: { role: string; language: string | null }): string {
  if (one.role === 'guide') return t(one.language ? 'appointments.guide_in' : 'appointments.guide', said(one));
  return one.language ? t('appointments.interpret_in', said(one)) : t('appointments.interpret');
}

function said(one: { language: string | null }) {
  return { language: languageName(one.language) };
}

/** `Vor Ort` */
export function modeOf(one: { mode: string }): string {
  return t(`appointments.mode_${one.mode as Mode}`);
}
