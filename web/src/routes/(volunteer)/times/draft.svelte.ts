/** A week while it is being changed: nothing is stored before it is saved. */
import { apart, paint, same, stateOf, together, HALF_HOUR, type Paint, type Span, type Window } from '$lib/week';
import type { Availability, Schemas } from './mine.svelte';

const MOST_STEPS = 50;

type Stored = Pick<Availability, 'windows' | 'recurrences'>;

/** What is not saved yet, and what was stored when it was begun. */
export interface Unsaved {
  spans: Span[];
  special: Window[];
  rules: Availability['recurrences'];
  stored: Stored;
}

function alike(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export class Draft {
  spans = $state.raw<Span[]>([]);
  /** What the grid cannot show. */
  special = $state.raw<Window[]>([]);
  rules = $state.raw<Availability['recurrences']>([]);
  private before = $state.raw<Span[][]>([]);
  private stored = $state.raw<Stored>();

  /** Take what is stored now: what is being changed here stays, all else is as it is there. */
  follow(stored: Stored): void {
    const before = this.stored;
    if (!before || !this.dirty) return this.begin(stored);
    const [old, fresh] = [apart(before.windows), apart(stored.windows)];
    if (same(old.spans, this.spans)) this.spans = fresh.spans;
    if (alike(old.special, this.special)) this.special = fresh.special;
    if (alike(before.recurrences, this.rules)) this.rules = stored.recurrences;
    this.stored = stored;
  }

  begin(stored: Stored): void {
    this.stored = stored;
    ({ spans: this.spans, special: this.special } = apart(stored.windows));
    this.rules = stored.recurrences;
    this.before = [];
  }

  get dirty(): boolean {
    if (!this.stored) return false;
    const { spans, special } = apart(this.stored.windows);
    const isPainted = !same(spans, this.spans);
    return isPainted || !alike(special, this.special) || !alike(this.stored.recurrences, this.rules);
  }

  /** What would be lost if the page went away now. */
  get unsaved(): Unsaved | undefined {
    if (!this.stored || !this.dirty) return undefined;
    const { windows, recurrences } = this.stored;
    return { spans: this.spans, special: this.special, rules: this.rules, stored: { windows, recurrences } };
  }

  /** Go on with what was begun before. */
  resume({ spans, special, rules, stored }: Unsaved): void {
    Object.assign(this, { stored, spans, special, rules, before: [] });
  }

  get canUndo(): boolean {
    return this.before.length > 0;
  }

  /** Say something else, so that it can be taken back; `from` is what it was before a long stroke. */
  change(spans: Span[], from = this.spans): void {
    if (!same(from, spans)) this.before = [...this.before, from].slice(-MOST_STEPS);
    this.spans = spans;
  }

  undo = () => {
    const last = this.before[this.before.length - 1];
    if (last) this.spans = last;
    this.before = this.before.slice(0, -1);
  };

  discard = () => this.stored && this.begin(this.stored);

  /** All of it as the service takes it: what cannot be painted goes along as it was. */
  get body(): Pick<Schemas['AvailabilityWrite'], 'windows' | 'recurrences'> {
    return { windows: together(this.spans, this.special), recurrences: rulesOf(this.rules) };
  }
}

/** Rules as the service takes them: without the days it worked out. */
export function rulesOf(rules: Availability['recurrences']): Schemas['RecurrenceWrite'][] {
  return rules.map(({ next_days: _workedOut, ...rule }) => rule);
}

export interface Spot {
  weekday: number;
  start: number;
}

/** One stroke over the grid: a block between where it began and where it is now. */
export class Stroke {
  readonly colour: Paint;

  constructor(
    readonly from: Span[],
    private readonly anchor: Spot,
    brush: Paint,
  ) {
    const state = stateOf(from, anchor.weekday, anchor.start, anchor.start + HALF_HOUR);
    // Whoever paints over what is so already takes it away.
    this.colour = state === brush ? 'no' : brush;
  }

  to(spot: Spot): Span[] {
    const [first, last] = ordered(this.anchor.weekday, spot.weekday);
    const days = Array.from({ length: last - first + 1 }, (_, step) => first + step);
    const [start, end] = ordered(this.anchor.start, spot.start);
    return paint(this.from, days, start, end + HALF_HOUR, this.colour);
  }
}

function ordered(one: number, other: number): [number, number] {
  return one < other ? [one, other] : [other, one];
}
