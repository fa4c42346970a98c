/** Until when papers hold: the longest of each kind counts. */
import { noon, plusDays } from '$lib/time';
import type { components } from '$lib/schema';

type Schemas = components['schemas'];
type Clearance = Schemas['ClearanceRead'];
export type Kind = 'conduct' | 'measles' | 'declaration' | 'listing';

/** `unfit`: it was seen, but does not count. */
export type Standing = 'good' | 'soon' | 'over' | 'unfit';

export interface Paper {
  kind: Kind;
  seen: string;
  /** The last day on which it counts; without one it does not end. */
  last?: string;
  standing: Standing;
}

interface Record {
  clearances: Clearance[];
  enrolments: Schemas['EnrolmentRead'][];
}

/** So many days before its end a paper is spoken of. */
export const SOON_DAYS = 60;
const CONDUCT_MONTHS = 3;
const CONDUCT_YEARS = 5;
const LISTING_MONTHS = 12;
const KINDS: readonly Kind[] = ['conduct', 'declaration', 'measles'];
/** Somebody in one of these states is in no pool. */
const LEFT = ['ended', 'lent'];

/** The same day so many months later, or the last one of a shorter month. */
export function monthsLater(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0));
  last.setUTCDate(Math.min(date, last.getUTCDate()));
  return last.toISOString().slice(0, 10);
}

/** A certificate of conduct counts when it was new on the day on which it was seen. */
function counts(paper: Clearance): boolean {
  if (paper.kind !== 'conduct') return true;
  const { issued_on: issued, seen_on: seen } = paper;
  return Boolean(issued && issued <= seen && seen <= monthsLater(issued, CONDUCT_MONTHS));
}

function lastDay(paper: Clearance): string | undefined {
  const own = paper.valid_to ?? undefined;
  if (paper.kind !== 'conduct') return own;
  const again = monthsLater(paper.seen_on, 12 * CONDUCT_YEARS);
  return own && own < again ? own : again;
}

function standingOf(last: string | undefined, today: string): Standing {
  if (last === undefined || last > plusDays(today, SOON_DAYS)) return 'good';
  return last < today ? 'over' : 'soon';
}

const longest = (one: Paper, other: Paper) => (endOf(other) > endOf(one) ? other : one);
const endOf = (paper: Paper) => (paper.standing === 'unfit' ? '' : (paper.last ?? '9999'));

function ofClearance(paper: Clearance, today: string): Paper {
  const last = lastDay(paper);
  const standing = counts(paper) ? standingOf(last, today) : 'unfit';
  return { kind: paper.kind as Kind, seen: paper.seen_on, last, standing };
}

/** Her place in the list of a pool is renewed every year; the one that ends first is shown. */
function listing(record: Record, today: string): Paper[] {
  const renewed = record.enrolments
    .filter((place) => !LEFT.includes(place.state))
    .map((place) => place.listing_renewed_on)
    .sort();
  return renewed.slice(0, 1).map((seen) => {
    const last = monthsLater(seen, LISTING_MONTHS);
    return { kind: 'listing', seen, last, standing: standingOf(last, today) };
  });
}

/** One paper of each kind that she has shown, and her place in the list. */
export function papers(record: Record, today: string): Paper[] {
  const shown = KINDS.flatMap((kind) => {
    const found = record.clearances
      .filter((one) => one.kind === kind)
      .map((one) => ofClearance(one, today));
    return found.length ? [found.reduce(longest)] : [];
  });
  return [...shown, ...listing(record, today)];
}

/** How many run out soon, and how many do not count any more. */
export function due(record: Record | undefined, today: string): { soon: number; over: number } {
  const all = record ? papers(record, today) : [];
  const soon = all.filter((paper) => paper.standing === 'soon').length;
  return { soon, over: all.filter((paper) => ['over', 'unfit'].includes(paper.standing)).length };
}

/** How many whole days are left of a paper, and whether to say it in weeks. */
export function left(last: string, today: string): { n: number; unit: 'today' | 'days' | 'weeks' } {
  const days = Math.round((noon(last).getTime() - noon(today).getTime()) / 86_400_000);
  if (days === 0) return { n: 0, unit: 'today' };
  return days < 14 ? { n: days, unit: 'days' } : { n: Math.floor(days / 7), unit: 'weeks' };
}
