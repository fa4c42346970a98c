/** Days and times as people in Hessen read them: always the clock of Berlin, in the reader's words. */
import { listed, speech } from './texts/index.svelte';

export const ZONE = 'Europe/Berlin';

const made = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = speech.locale + JSON.stringify(options);
  let found = made.get(name);
  if (!found) {
    // Digits as in Germany: what stands on a clock and in a letter is what is read here.
    found = new Intl.DateTimeFormat(`${speech.locale}-u-nu-latn`, { timeZone: ZONE, ...options });
    made.set(name, found);
  }
  return found;
}

/** `Mo., 30. Nov.` */
export function day(moment: string | Date): string {
  return format({ weekday: 'short', day: 'numeric', month: 'short' }).format(new Date(moment));
}

/** `Montag, 30. November 2026` */
export function longDay(moment: string | Date): string {
  const options = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const;
  return format(options).format(new Date(moment));
}

/** `30. November 2026` */
export function date(moment: string | Date): string {
  return format({ day: 'numeric', month: 'long', year: 'numeric' }).format(new Date(moment));
}

/** `09:30`; midnight is `00:00` in every language. */
export function clock(moment: string | Date): string {
  return format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(moment));
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
  return format({ month: 'long', year: 'numeric' }).format(new Date(`${iso}-15T12:00:00Z`));
}

/** A date without a time (`2026-11-30`) as a moment that lies on that day. */
export function noon(date: string): Date {
  return new Date(`${date}T12:00:00Z`);
}

/** The day of a moment in Berlin: `2026-11-30`. */
export function isoDay(moment: string | Date): string {
  const parts = berlin(new Date(moment));
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/** The time of day of a moment in Berlin: `09:30`. */
export function isoClock(moment: string | Date): string {
  const parts = berlin(new Date(moment));
  return `${parts.hour}:${parts.minute}`;
}

/** So many minutes Berlin is ahead of UTC in summer and in winter. */
const AHEAD = [120, 60];

/** The moment at which the clock in Berlin shows `time` on `date`; of a double hour the first. */
export function moment(date: string, time: string): Date {
  const shown = Date.parse(`${date}T${time}:00Z`);
  const [summer, winter] = AHEAD.map((minutes) => new Date(shown - minutes * 60_000)) as [Date, Date];
  // A time that is left out in March is taken as if the clocks had not been moved yet.
  return isoClock(summer) === time ? summer : winter;
}

/** The same with its offset, as the service wants it: `2026-11-30T09:30:00+01:00`. */
export function withOffset(date: string, time: string): string {
  const at = moment(date, time);
  const offset = offsetMinutes(at);
  const hours = String(Math.floor(offset / 60)).padStart(2, '0');
  const minutes = String(offset % 60).padStart(2, '0');
  return `${isoDay(at)}T${isoClock(at)}:00+${hours}:${minutes}`;
}

/** Berlin is ahead of UTC by so many minutes. */
function offsetMinutes(at: Date): number {
  const parts = berlin(at);
  const shown = Date.UTC(
    Number(parts.year),
    Number(parts.month) - 1,
    Number(parts.day),
    Number(parts.hour),
    Number(parts.minute),
  );
  return Math.round((shown - Math.floor(at.getTime() / 60_000) * 60_000) / 60_000);
}

const WHOLE = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
} as const;

function berlin(at: Date): Record<string, string> {
  // In the reader's language, whose names are loaded anyway: a second one takes a slow phone a moment.
  return Object.fromEntries(format(WHOLE).formatToParts(at).map((part) => [part.type, part.value]));
}

/** `2 Std. 15 Min.` */
export function duration(minutes: number): string {
  const whole = Math.floor(minutes / 60);
  const rest = minutes % 60;
  const unit = (value: number, name: 'hour' | 'minute') =>
    new Intl.NumberFormat(`${speech.locale}-u-nu-latn`, { style: 'unit', unit: name }).format(value);
  return [whole ? unit(whole, 'hour') : '', rest || !whole ? unit(rest, 'minute') : '']
    .filter(Boolean)
    .join(' ');
}

/** How long until (or since) a moment, in the largest unit that fits: `in 3 Stunden`. */
export function distance(to: string | Date, from: Date = new Date()): string {
  const minutes = Math.round((new Date(to).getTime() - from.getTime()) / 60_000);
  const relative = new Intl.RelativeTimeFormat(`${speech.locale}-u-nu-latn`, { numeric: 'auto' });
  if (Math.abs(minutes) < 60) return relative.format(minutes, 'minute');
  if (Math.abs(minutes) < 48 * 60) return relative.format(Math.round(minutes / 60), 'hour');
  return relative.format(Math.round(minutes / 1440), 'day');
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
  return format({ weekday: form }).format(noon(plusDays('2024-01-01', day)));
}
