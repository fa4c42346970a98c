/** Days on which she cannot: said by way of the outbox, and what of them is there already. */
import { outbox, say, strike } from '$lib/outbox.svelte';
import { Refused } from '$lib/problem';
import { day, noon, plusDays } from '$lib/time';
import { t } from '$lib/texts/index.svelte';
import type { Key } from '$lib/texts/index.svelte';
import type { Values } from '$lib/texts/message';
import { DAY } from '$lib/week';
import type { Word } from '../deed.svelte';
import { myId, type Absence, type Schemas } from '../mine.svelte';
import { timeOf } from '../words';

type Write = Partial<Schemas['AbsenceWrite']>;

/** Days as two dates, both included. */
export interface Days {
  first: string;
  last: string;
}

export const pathOf = () => `/api/v1/volunteers/${myId()}/absences`;

/** Say that she cannot; with `keep` what is booked stays booked. */
export async function sayAway(body: Write, what: Key, values: Values): Promise<Word> {
  const outcome = await say<Schemas['AbsenceSaved']>(pathOf(), body, { what, values });
  if (outcome.is === 'waiting') return { key: 'outbox.kept', kind: 'warn' };
  if (outcome.is === 'refused') {
    await withdraw(body);
    throw new Refused(outcome.told);
  }
  return { key: outcome.answer.work_outside.length ? 'times.away_saved_kept' : 'times.away_saved' };
}

/** What was refused is answered on this page: it need not be read in the outbox as well. */
async function withdraw(body: Write): Promise<void> {
  const same = outbox.refused.filter(
    (entry) => entry.path === pathOf() && JSON.stringify(entry.body) === JSON.stringify(body),
  );
  for (const entry of same) await strike(entry.id);
}

export function weekFrom(monday: string): Days {
  return { first: monday, last: plusDays(monday, 6) };
}

/** Whether she is away on all of these days already. */
export function isCovered(days: Days, absences: Absence[]): boolean {
  return absences.some((one) => isWhole(one) && one.first_day <= days.first && one.last_day >= days.last);
}

/** The absence of exactly these days. */
export function exactly(days: Days, absences: Absence[]): Absence | undefined {
  return absences.find((one) => isWhole(one) && one.first_day === days.first && one.last_day === days.last);
}

export function isWhole(one: Absence): boolean {
  return one.start_minute === 0 && one.end_minute === DAY;
}

/** `Mo., 30. Nov. – Fr., 4. Dez.`, or the one day. */
export function daysOf({ first, last }: Days): string {
  if (first === last) return day(noon(first));
  return t('times.days', { first: day(noon(first)), last: day(noon(last)) });
}

/** The same with the part of the day that is meant. */
export function absenceOf(one: Absence): string {
  const days = daysOf({ first: one.first_day, last: one.last_day });
  if (isWhole(one)) return days;
  return t('times.days_part', { days, time: timeOf(one.start_minute, one.end_minute) });
}
