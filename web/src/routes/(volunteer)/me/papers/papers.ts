/** How papers stand: of each kind the one that holds longest, as the service says. */
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
const KINDS: readonly Kind[] = ['conduct', 'declaration', 'measles'];
/** Somebody in one of these states is in no pool. */
const LEFT = ['ended', 'lent'];

function standingOf(last: string | undefined, today: string): Standing {
  if (last === undefined || last > plusDays(today, SOON_DAYS)) return 'good';
  return last < today ? 'over' : 'soon';
}

const longest = (one: Paper, other: Paper) => (endOf(other) > endOf(one) ? other : one);
const endOf = (paper: Paper) => (paper.standing === 'unfit' ? '' : (paper.last ?? '9999'));

function ofClearance(paper: Clearance, today: string): Paper {
  const last = paper.last_day ?? undefined;
  const standing = paper.counts ? standingOf(last, today) : 'unfit';
  return { kind: paper.kind as Kind, seen: paper.seen_on, last, standing };
}

/** Her place in the list of a pool is renewed every year; the one that ends first is shown. */
function listing(record: Record, today: string): Paper[] {
  const [place] = record.enrolments
    .filter((one) => !LEFT.includes(one.state))
    .sort((one, other) => (one.listed_until < other.listed_until ? -1 : 1));
  if (!place) return [];
  const { listing_renewed_on: seen, listed_until: last } = place;
  return [{ kind: 'listing', seen, last, standing: standingOf(last, today) }];
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
