/** Hours as somebody writes them down: from when to when, the break, and what cannot be true. */
import { sixDigits } from './code';
import type { Entry } from './store';
import type { Appointment } from './reads';
import { clock, isoDay, moment, plusDays, withOffset } from './time';
import type { RecordsKey } from './texts/index.svelte';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Nobody interprets longer than this in one go. */
export const MOST_MINUTES = 600;
/** So many days after an appointment its hours are taken. */
const REPORT_DAYS = 14;
/** So long before its start an appointment may begin. */
const EARLY = 30 * MINUTE;

export const RECORDS = '/api/v1/service-records';
export const OUTCOMES = ['performed', 'cut_short', 'client_no_show', 'aborted'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Times as they stand in the fields of a form. */
export interface Times {
  day: string;
  start: string;
  end: string;
  pause: string;
}

/** An unfinished report. */
export interface Draft extends Times {
  outcome: Outcome;
  note: string;
  kilometres: string;
  code: string;
}

/** What is wrong with times, as keys of the texts. */
export interface Mistakes {
  span?: RecordsKey;
  pause?: RecordsKey;
}

/** Digits as on a German keyboard, whichever ones were typed. */
export function latin(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
}

const CLOCK = /^(\d{1,2}):([0-5]\d)$/;
const DECIMAL = /^(\d{1,2})[.,](\d|00|25|50|75)$/;
const WORDS = /^(?:(\d{1,2})(?:h|std|stunden?|hours?)\.?)?(?:(\d{1,3})(?:m|min|minuten?|minutes?)?\.?)?$/;

/** Minutes of `90`, `1:30`, `1,5` or `1 Std. 30 Min.`; undefined where nobody can know. */
export function minutesOf(typed: string): number | undefined {
  const text = latin(typed).toLowerCase().replace(/\s/g, '');
  const clock = CLOCK.exec(text);
  if (clock) return Number(clock[1]) * 60 + Number(clock[2]);
  const decimal = DECIMAL.exec(text.replace(/(?:h|std\.?|stunden?|hours?)$/, ''));
  if (decimal) return Math.round(Number(`${decimal[1]}.${decimal[2]}`) * 60);
  const words = WORDS.exec(text);
  return words ? Number(words[1] ?? 0) * 60 + Number(words[2] ?? 0) : undefined;
}

/** The moments that times mean; who ends before she begins has ended on the next day. */
export function spanOf(times: Times): { start: Date; end: Date; overnight: boolean } | undefined {
  if (!times.day || !times.start || !times.end) return undefined;
  const overnight = times.end <= times.start;
  const lastDay = overnight ? plusDays(times.day, 1) : times.day;
  return { start: moment(times.day, times.start), end: moment(lastDay, times.end), overnight };
}

/** Minutes that really passed, without the break. */
export function workedOf(times: Times): number | undefined {
  const span = spanOf(times);
  const pause = minutesOf(times.pause);
  if (!span || pause === undefined) return undefined;
  return (span.end.getTime() - span.start.getTime()) / MINUTE - pause;
}

/** What cannot be true about times, of an appointment also beside its plan. */
export function mistakesOf(times: Times, now: Date, plan?: Planned): Mistakes {
  const pause = pauseMistake(times);
  const span = spanMistake(times, now) ?? (plan && planMistake(times, plan));
  return { ...(span && { span }), ...(pause && { pause }) };
}

function pauseMistake(times: Times): RecordsKey | undefined {
  if (minutesOf(times.pause) === undefined) return 'hours.pause_unread';
  const worked = workedOf(times);
  return worked !== undefined && worked <= 0 ? 'hours.nothing_left' : undefined;
}

function spanMistake(times: Times, now: Date): RecordsKey | undefined {
  const span = spanOf(times);
  if (!span) return 'hours.times_missing';
  const long = (span.end.getTime() - span.start.getTime()) / MINUTE > MOST_MINUTES;
  if (long) return span.overnight ? 'hours.ends_before' : 'hours.too_long';
  return span.end > now ? 'hours.in_future' : undefined;
}

type Planned = Pick<Appointment, 'starts_at' | 'ends_at'>;

function planMistake(times: Times, plan: Planned): RecordsKey | undefined {
  const span = spanOf(times);
  if (!span) return undefined;
  const apart = span.end <= new Date(plan.starts_at) || span.start >= new Date(plan.ends_at);
  if (!apart) return undefined;
  // Who is there before midnight, or comes after it, begins on another day than the plan.
  return times.day === isoDay(plan.starts_at) ? 'hours.outside' : 'hours.other_day';
}

/** The same as the service wants it. */
export function timesBody(times: Times) {
  const overnight = spanOf(times)?.overnight ?? false;
  return {
    started_at: withOffset(times.day, times.start),
    ended_at: withOffset(overnight ? plusDays(times.day, 1) : times.day, times.end),
    break_minutes: minutesOf(times.pause) ?? 0,
  };
}

/** Times of something that is known already. */
export function timesOf(known: { started_at: string; ended_at: string; break_minutes: number }): Times {
  return {
    day: isoDay(known.started_at),
    start: clock(known.started_at),
    end: clock(known.ended_at),
    pause: known.break_minutes ? String(known.break_minutes) : '',
  };
}

/** A report as it begins: with what was said on the day, else with the plan. */
export function drafted(one: Pick<Appointment, 'starts_at' | 'ends_at' | 'started_at' | 'finished_at'>): Draft {
  const start = one.started_at ?? one.starts_at;
  return {
    day: isoDay(start),
    start: clock(start),
    end: clock(one.finished_at ?? one.ends_at),
    pause: '',
    outcome: 'performed',
    note: '',
    kilometres: '',
    code: '',
  };
}

/** A report as the service wants it. */
export function reportBody(id: string, draft: Draft) {
  const code = sixDigits(draft.code);
  return {
    assignment_id: id,
    ...timesBody(draft),
    outcome: draft.outcome,
    kilometres: Number(latin(draft.kilometres)) || 0,
    reason: draft.note.trim(),
    ...(code && { code }),
  };
}

/** The report that was sent with a body, to be corrected. */
export function draftOf(body: ReturnType<typeof reportBody>): Draft {
  return {
    ...timesOf(body),
    outcome: body.outcome,
    note: body.reason,
    kilometres: body.kilometres ? String(body.kilometres) : '',
    code: body.code ?? '',
  };
}

const SCANNED = /^LW1:([0-9a-f-]{36}):(\d{6})$/i;

/** What a QR code says: the digits, or whether it belongs to another appointment or to something else. */
export function scannedOf(text: string, id: string): { code: string } | { wrong: 'other' | 'unknown' } {
  const found = SCANNED.exec(text.trim());
  if (!found) return { wrong: 'unknown' };
  return found[1]?.toLowerCase() === id.toLowerCase() ? { code: found[2] ?? '' } : { wrong: 'other' };
}

const HAPPENED = ['booked', 'performed', 'client_no_show'];

/** Somebody may have been there, and nobody has said how long. */
export function isUnreported(one: Appointment): boolean {
  return HAPPENED.includes(one.state) && !one.record_id;
}

/** What goes on now: it has begun or may begin any minute, and has not ended. */
export function runningOf(rows: Appointment[], now: Date): Appointment[] {
  const at = now.getTime();
  return rows.filter((one) => {
    if (!isUnreported(one) || one.state !== 'booked' || one.finished_at) return false;
    const start = Date.parse(one.starts_at);
    if (one.started_at) return at < start + DAY;
    return at >= start - EARLY && at < Date.parse(one.ends_at);
  });
}

/** Whose hours are missing and still taken, the oldest first. */
export function missingOf(rows: Appointment[], now: Date): Appointment[] {
  const running = runningOf(rows, now);
  return rows.filter((one) => {
    const isOver = Boolean(one.finished_at) || Date.parse(one.ends_at) <= now.getTime();
    const isTaken = now.getTime() < Date.parse(one.ends_at) + REPORT_DAYS * DAY;
    return isUnreported(one) && !running.includes(one) && isOver && isTaken;
  });
}

/** The last day on which the hours of an appointment are taken. */
export function lastDayOf(one: Pick<Appointment, 'ends_at'>): string {
  return plusDays(isoDay(one.ends_at), REPORT_DAYS);
}

/** What was said about the hours of an appointment and stands in the outbox. */
export function entryOf(entries: Entry[], id: string): Entry | undefined {
  return entries.find(
    (entry) => entry.path === RECORDS && (entry.body as { assignment_id?: string }).assignment_id === id,
  );
}

type Begun = Pick<Appointment, 'id' | 'started_at' | 'finished_at'>;

/** The same appointment, with what was said of its course and still waits to be sent. */
export function withSaid<A extends Begun>(one: A, entries: Entry[]): A {
  const path = `/api/v1/assignments/${one.id}/progress`;
  const said = entries.filter((entry) => entry.path === path && !entry.refusal);
  const at = (step: string) =>
    said.map((entry) => entry.body as { step: string; at: string }).find((body) => body.step === step)?.at;
  const started = one.started_at ?? at('started') ?? null;
  return { ...one, started_at: started, finished_at: at('finished') ?? one.finished_at };
}

/** Hours that stand. */
export function isSettled(state: string): boolean {
  return state === 'confirmed' || state === 'resolved';
}

interface Dated {
  started_at: string;
  minutes: number;
  state: string;
}

/** Rows of a month, with the minutes that stand and those that wait. */
export interface MonthOf<R> {
  month: string;
  rows: R[];
  settled: number;
  waiting: number;
}

/** Rows by month, the latest first. */
export function byMonth<R extends Dated>(rows: R[]): MonthOf<R>[] {
  const months = new Map<string, R[]>();
  const late = [...rows].sort((one, other) => Date.parse(other.started_at) - Date.parse(one.started_at));
  for (const row of late) {
    const month = isoDay(row.started_at).slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), row]);
  }
  return Array.from(months, ([month, of]) => ({ month, rows: of, ...sums(of) }));
}

function sums(rows: Dated[]): { settled: number; waiting: number } {
  const sum = (some: Dated[]) => some.reduce((minutes, row) => minutes + row.minutes, 0);
  const waits = (row: Dated) => !isSettled(row.state) && row.state !== 'rejected';
  return { settled: sum(rows.filter((row) => isSettled(row.state))), waiting: sum(rows.filter(waits)) };
}

/** How the state of hours looks. */
export function lookOf({ state }: { state: string }): 'good' | 'wait' | 'bad' {
  if (state === 'disputed' || state === 'rejected') return 'bad';
  return isSettled(state) ? 'good' : 'wait';
}
