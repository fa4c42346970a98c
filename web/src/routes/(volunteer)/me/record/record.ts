/** Who read and changed her details, day by day. */
import { isoDay } from '$lib/time';
import type { components } from '$lib/schema';

export type Entry = components['schemas']['MyAuditRead'];

/** The same thing, done once or several times in a row. */
export interface Line {
  id: string;
  sentence: string;
  first: string;
  last: string;
  times: number;
}

export interface Day {
  day: string;
  lines: Line[];
}

/** The newest day first, and in it the newest line; a day is a day in Berlin. */
export function byDay(entries: Entry[]): Day[] {
  const days: Day[] = [];
  const newestFirst = [...entries].sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
  for (const entry of newestFirst) {
    const day = isoDay(entry.at);
    const latest = days[days.length - 1];
    if (latest?.day === day) add(latest.lines, entry);
    else days.push({ day, lines: [lineOf(entry)] });
  }
  return days;
}

function lineOf({ id, sentence, at }: Entry): Line {
  return { id, sentence, first: at, last: at, times: 1 };
}

function add(lines: Line[], entry: Entry): void {
  const before = lines[lines.length - 1];
  if (before?.sentence !== entry.sentence) {
    lines.push(lineOf(entry));
    return;
  }
  before.first = entry.at;
  before.times += 1;
}
