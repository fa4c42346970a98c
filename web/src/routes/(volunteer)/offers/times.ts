/** Times that somebody names in place of the one she was asked about. */
import { clock, isoDay, moment, plusDays, withOffset } from '$lib/time';
import type { Key } from '$lib/texts/index.svelte';

export interface Named {
  day: string;
  start: string;
  end: string;
}

export const MOST_TIMES = 3;
const SHORTEST_MINUTES = 5;
const LONGEST_MINUTES = 600;

/** A first guess: the same hours on the day after. */
export function likely(one: { starts_at: string; ends_at: string }, days: number): Named {
  return {
    day: plusDays(isoDay(one.starts_at), days),
    start: clock(one.starts_at),
    end: clock(one.ends_at),
  };
}

/** What is wrong with a time, if anything. */
export function mistakeIn({ day, start, end }: Named, all: Named[], now: Date): Key | undefined {
  if (!day || !start || !end) return 'app.required';
  const from = moment(day, start);
  const minutes = (moment(day, end).getTime() - from.getTime()) / 60_000;
  if (minutes < SHORTEST_MINUTES) return 'offers.time_order';
  if (minutes > LONGEST_MINUTES) return 'offers.time_long';
  if (from <= now) return 'offers.time_past';
  const same = all.filter((one) => one.day === day && one.start === start);
  return same.length > 1 ? 'offers.time_twice' : undefined;
}

/** The times as the service wants them. */
export function spoken(named: Named[]): { starts_at: string; ends_at: string }[] {
  return named.map(({ day, start, end }) => ({
    starts_at: withOffset(day, start),
    ends_at: withOffset(day, end),
  }));
}
