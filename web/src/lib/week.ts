/**
 * A week of somebody's times: weekly windows of the service as spans that can be painted, and back.
 * What comes back in another way (every other week, only in the holidays, until a day) is no span:
 * it is kept beside them as it is.
 */
import { plusDays } from './time';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Window = Schemas['WindowRead'];
export type WindowWrite = Schemas['WindowWrite'];

/** Time of every week: Monday is 0; minutes from midnight, half-open; `soft` is on request. */
export interface Span {
  weekday: number;
  start: number;
  end: number;
  soft: boolean;
}

export type Paint = 'free' | 'soft' | 'no';
/** What half an hour is; `part` where only some of it is said. */
export type State = Paint | 'part';

/** Half an hour of a day as it is drawn: where a block of the same state begins and ends. */
export interface Cell {
  weekday: number;
  start: number;
  end: number;
  state: State;
  first: boolean;
  last: boolean;
  /** From when to when its block is, in minutes. */
  block: [number, number];
  /** Something that does not hold every week touches it. */
  sometimes: boolean;
}

export const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6];
export const DAY = 1440;
export const HALF_HOUR = 30;
const EARLIEST = 7 * 60;
const LATEST = 21 * 60;

/** Whether a window holds in every week of the year, and so can be painted. */
export function isPlain(window: Window): boolean {
  const always = window.every_weeks === 1 && window.season === 'always' && window.parity === '';
  return always && !window.anchor_day && !window.valid_from && !window.valid_to;
}

/** The windows that can be painted, as spans, and all others as they are. */
export function apart(windows: Window[]): { spans: Span[]; special: Window[] } {
  const plain = windows.filter(isPlain).map((one) => ({
    weekday: one.weekday,
    start: one.start_minute,
    end: one.end_minute,
    soft: one.soft,
  }));
  return { spans: tidy(plain), special: windows.filter((one) => !isPlain(one)) };
}

/** Spans and special windows as the service takes them. */
export function together(spans: Span[], special: Window[]): WindowWrite[] {
  const plain = tidy(spans).map((one) => ({
    weekday: one.weekday,
    start_minute: one.start,
    end_minute: one.end,
    soft: one.soft,
    every_weeks: 1,
    season: 'always' as const,
    parity: '' as const,
  }));
  return [...plain, ...(special as WindowWrite[])];
}

/** The same time without overlaps: what is free is not on request as well. */
export function tidy(spans: Span[]): Span[] {
  return WEEKDAYS.flatMap((weekday) => {
    const free = merged(on(spans, weekday, false));
    const soft = without(merged(on(spans, weekday, true)), free);
    const named = (pairs: Pair[], is: boolean) =>
      pairs.map(([start, end]) => ({ weekday, start, end, soft: is }));
    return [...named(free, false), ...named(soft, true)].sort((one, other) => one.start - other.start);
  });
}

type Pair = [number, number];

function on(spans: Span[], weekday: number, soft: boolean): Pair[] {
  return spans
    .filter((one) => one.weekday === weekday && one.soft === soft && one.start < one.end)
    .map((one) => [one.start, one.end]);
}

function merged(pairs: Pair[]): Pair[] {
  const found: Pair[] = [];
  for (const [start, end] of [...pairs].sort((one, other) => one[0] - other[0])) {
    const last = found[found.length - 1];
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else found.push([start, end]);
  }
  return found;
}

function without(pairs: Pair[], cuts: Pair[]): Pair[] {
  return cuts.reduce<Pair[]>(
    (left, [from, to]) =>
      left.flatMap(([start, end]) => {
        const beside: Pair[] = [[start, Math.min(end, from)], [Math.max(start, to), end]];
        return beside.filter((one) => one[0] < one[1]);
      }),
    pairs,
  );
}

/** The spans with `paint` on these days between two minutes. */
export function paint(spans: Span[], days: number[], start: number, end: number, colour: Paint): Span[] {
  const kept = spans.flatMap((one) => {
    if (!days.includes(one.weekday)) return [one];
    return without([[one.start, one.end]], [[start, end]]).map(([from, to]) => ({ ...one, start: from, end: to }));
  });
  if (colour === 'no') return tidy(kept);
  return tidy([...kept, ...days.map((weekday) => ({ weekday, start, end, soft: colour === 'soft' }))]);
}

/** What somebody has said about a time of a day. */
export function stateOf(spans: Span[], weekday: number, start: number, end: number): State {
  const covered = (soft: boolean) =>
    on(spans, weekday, soft).reduce((sum, [from, to]) => sum + Math.max(0, Math.min(to, end) - Math.max(from, start)), 0);
  const free = covered(false);
  const soft = covered(true);
  if (free === end - start) return 'free';
  if (soft === end - start) return 'soft';
  return free + soft ? 'part' : 'no';
}

/** The half hours of a day between two minutes, tidy spans given. */
export function cells(spans: Span[], special: Window[], weekday: number, from: number, to: number): Cell[] {
  const row: Cell[] = [];
  for (let start = from; start < to; start += HALF_HOUR) {
    const end = start + HALF_HOUR;
    const sometimes = special.some(
      (one) => one.weekday === weekday && one.start_minute < end && one.end_minute > start,
    );
    const state = stateOf(spans, weekday, start, end);
    row.push({ weekday, start, end, state, first: true, last: true, block: [start, end], sometimes });
  }
  return joined(row);
}

function joined(row: Cell[]): Cell[] {
  row.forEach((cell, at) => {
    const before = row[at - 1];
    if (!before || before.state !== cell.state) return;
    [before.last, cell.first] = [false, false];
    cell.block = before.block;
    cell.block[1] = cell.end;
  });
  return row;
}

/** The hours that are drawn: by day, and whatever lies earlier or later; `all` draws the night. */
export function hoursOf(spans: Span[], all = false): [number, number] {
  if (all) return [0, DAY];
  const earliest = Math.min(EARLIEST, ...spans.map((one) => one.start));
  const latest = Math.max(LATEST, ...spans.map((one) => one.end));
  return [Math.floor(earliest / 60) * 60, Math.ceil(latest / 60) * 60];
}

/** Days with the same times together, as they are read out; days without are left out. */
export function lines(spans: Span[]): { days: number[]; spans: Span[] }[] {
  const found = new Map<string, { days: number[]; spans: Span[] }>();
  for (const weekday of WEEKDAYS) {
    const own = tidy(spans).filter((one) => one.weekday === weekday);
    const key = own.map((one) => `${one.start}-${one.end}-${one.soft}`).join();
    if (!own.length) continue;
    const known = found.get(key);
    if (known) known.days.push(weekday);
    else found.set(key, { days: [weekday], spans: own });
  }
  return [...found.values()];
}

/** Special windows that differ by their day alone, together. */
export function alike(special: Window[]): { days: number[]; window: Window }[] {
  const found = new Map<string, { days: number[]; window: Window }>();
  for (const one of special) {
    const key = JSON.stringify({ ...one, weekday: 0 });
    const known = found.get(key);
    if (known) known.days.push(one.weekday);
    else found.set(key, { days: [one.weekday], window: one });
  }
  return [...found.values()];
}

/** Whether nobody said in which week a window that does not come every week holds. */
export function isOpen(window: Window): boolean {
  return window.every_weeks > 1 && !window.anchor_day;
}

/** Days that follow each other as pairs of first and last: `[0, 1, 2, 4]` is `[[0, 2], [4, 4]]`. */
export function runs(days: number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const day of days) {
    const last = found[found.length - 1];
    if (last && last[1] === day - 1) last[1] = day;
    else found.push([day, day]);
  }
  return found;
}

/** The spans with what is said of one day said of others as well. */
export function copied(spans: Span[], from: number, to: number[]): Span[] {
  const own = spans.filter((one) => one.weekday === from);
  const rest = spans.filter((one) => one.weekday === from || !to.includes(one.weekday));
  return tidy([...rest, ...to.filter((day) => day !== from).flatMap((weekday) => own.map((one) => ({ ...one, weekday })))]);
}

/** Whether both say the same. */
export function same(one: Span[], other: Span[]): boolean {
  return JSON.stringify(tidy(one)) === JSON.stringify(tidy(other));
}

/** Minutes from midnight as a clock shows them: `08:30`; the end of a day is `24:00`. */
export function clockOf(minute: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** Minutes from midnight of `08:30`; as an end, midnight is the end of the day. */
export function minuteOf(clock: string, isEnd = false): number | undefined {
  const found = /^(\d{1,2}):(\d{2})/.exec(clock);
  if (!found) return undefined;
  const minute = Number(found[1]) * 60 + Number(found[2]);
  return isEnd && minute === 0 ? DAY : minute;
}

/** One line of a list: from when to when, as typed. */
export interface Typed {
  start: string;
  end: string;
  soft: boolean;
}

/** What is wrong with the lines of a day, by line. */
export function mistakes(typed: Typed[]): ('empty' | 'order' | 'overlap' | '')[] {
  const read = typed.map((one) => [minuteOf(one.start), minuteOf(one.end, true)] as const);
  return read.map(([start, end], at) => {
    if (start === undefined || end === undefined) return 'empty';
    if (start >= end) return 'order';
    const clash = read.some(
      ([from, to], other) => other < at && from !== undefined && to !== undefined && from < end && to > start,
    );
    return clash ? 'overlap' : '';
  });
}

/** The spans of a day as lines to be typed. */
export function typedOf(spans: Span[], weekday: number): Typed[] {
  return tidy(spans)
    .filter((one) => one.weekday === weekday)
    .map((one) => ({ start: clockOf(one.start), end: clockOf(one.end % DAY), soft: one.soft }));
}

/** The lines of a day as spans; what is mistaken is left out. */
export function spansOf(typed: Typed[], weekday: number): Span[] {
  const wrong = mistakes(typed);
  return typed.flatMap((one, at) =>
    wrong[at] ? [] : [{ weekday, start: minuteOf(one.start)!, end: minuteOf(one.end, true)!, soft: one.soft }],
  );
}

/** The Mondays of the weeks that "every second week" may mean, from a Monday on. */
export function weeksMeant(window: Window, monday: string): string[] {
  return Array.from({ length: window.every_weeks }, (_, step) => plusDays(monday, 7 * step));
}

/** The calendar week of a day as ISO 8601 writes it: `2026-W53` of 1 January 2027. */
export function weekOf(date: string): string {
  const thursday = new Date(`${date}T12:00:00Z`);
  thursday.setUTCDate(thursday.getUTCDate() + 3 - ((thursday.getUTCDay() + 6) % 7));
  const year = thursday.getUTCFullYear();
  const days = (thursday.getTime() - Date.UTC(year, 0, 1, 12)) / 86_400_000;
  return `${year}-W${String(Math.floor(days / 7) + 1).padStart(2, '0')}`;
}
