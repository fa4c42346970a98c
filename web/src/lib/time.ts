/** Days and times as people in Hessen read them: always the clock of Berlin, in the reader's words. */
import { ahead, inBerlin, SUMMER_MS, WINTER_MS } from './berlin';
import { listed, speech, worded, type SharedKey } from './texts/index.svelte';

/** `Mo., 30. Nov.` */
export function day(moment: string | Date): string {
  return dated('date.short', moment);
}

/** `Montag, 30. November 2026` */
export function longDay(moment: string | Date): string {
  return dated('date.long', moment);
}

/** `30. November 2026` */
export function date(moment: string | Date): string {
  return dated('date.date', moment);
}

function dated(pattern: SharedKey, moment: string | Date): string {
  const shown = inBerlin(new Date(moment));
  const name = (names: SharedKey, at: number) => worded(names).split(' ')[at] ?? '';
  const [weekday, month] = [(shown.getUTCDay() + 6) % 7, shown.getUTCMonth()];
  return worded(pattern, {
    weekday: name('date.weekdays', weekday),
    weekday_short: name('date.weekdays_short', weekday),
    day: String(shown.getUTCDate()),
    month: name('date.months', month),
    month_short: name('date.months_short', month),
    month_alone: name('date.months_alone', month),
    year: String(shown.getUTCFullYear()),
  });
}

/** The time of day of a moment in Berlin: `09:30`, in every language, and as a field wants it. */
export function clock(moment: string | Date): string {
  return inBerlin(new Date(moment)).toISOString().slice(11, 16);
}

/** `09:30–10:30` */
export function span(start: string | Date, end: string | Date): string {
  return inOrder(`${clock(start)}–${clock(end)}`);
}

/** Kept together and in this order, also between words that are read from the right. */
export function inOrder(text: string): string {
  return speech.direction === 'rtl' ? `\u2066${text}\u2069` : text;
}

/** `Mo., 30. Nov., 09:30` */
export function dayAndClock(moment: string | Date): string {
  return listed(day(moment), clock(moment));
}

/** `Mo., 30. Nov., 09:30–10:30` */
export function dayAndSpan(start: string | Date, end: string | Date): string {
  return listed(day(start), span(start, end));
}

/** `November 2026` of `2026-11`. */
export function month(iso: string): string {
  return dated('date.month', noon(`${iso}-15`));
}

/** A date without a time (`2026-11-30`) as a moment that lies on that day. */
export function noon(date: string): Date {
  return new Date(`${date}T12:00:00Z`);
}

/** The day of a moment in Berlin: `2026-11-30`. */
export function isoDay(moment: string | Date): string {
  return inBerlin(new Date(moment)).toISOString().slice(0, 10);
}

/** The moment at which the clock in Berlin shows `time` on `date`; of a double hour the first. */
export function moment(date: string, time: string): Date {
  const shown = Date.parse(`${date}T${time}:00Z`);
  const [summer, winter] = [new Date(shown - SUMMER_MS), new Date(shown - WINTER_MS)];
  // A time that is left out in March is taken as if the clocks had not been moved yet.
  return clock(summer) === time ? summer : winter;
}

/** The same with its offset, as the service wants it: `2026-11-30T09:30:00+01:00`. */
export function withOffset(date: string, time: string): string {
  const at = moment(date, time);
  const offset = ahead(at) / 60_000;
  const hours = String(Math.floor(offset / 60)).padStart(2, '0');
  const minutes = String(offset % 60).padStart(2, '0');
  return `${isoDay(at)}T${clock(at)}:00+${hours}:${minutes}`;
}

/** `2 Std. 15 Min.` */
export function duration(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const parts = [hours ? worded('date.hours', { n: hours }) : '', rest || !hours ? worded('date.minutes', { n: rest }) : ''];
  return parts.filter(Boolean).join(' ');
}

/** How long until a moment, in the largest unit that fits: `in 3 Stunden`; `jetzt` once it is there. */
export function distance(to: string | Date, from: Date): string {
  const minutes = Math.round((new Date(to).getTime() - from.getTime()) / 60_000);
  if (minutes <= 0) return worded('date.now');
  if (minutes < 60) return worded('date.in_minutes', { n: minutes });
  const hours = Math.round(minutes / 60);
  if (hours < 48) return worded('date.in_hours', { n: hours });
  return worded('date.in_days', { n: Math.round(minutes / 1440) });
}

/** `2026-11-30` plus so many days. */
export function plusDays(date: string, days: number): string {
  const moved = noon(date);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

/** The Monday of the week in which a day lies. */
export function mondayOf(date: string): string {
  return plusDays(date, -((noon(date).getUTCDay() + 6) % 7));
}

/** `Montag`, or short `Mo`; Monday is 0. */
export function weekday(day: number, form: 'long' | 'short' = 'long'): string {
  return worded(form === 'short' ? 'date.weekdays_short' : 'date.weekdays').split(' ')[day] ?? '';
}
