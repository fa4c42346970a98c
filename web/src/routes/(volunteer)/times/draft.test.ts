import { describe, expect, it } from 'vitest';
import type { Window } from '$lib/week';
import { Draft, Stroke } from './draft.svelte';
import type { Availability } from './mine.svelte';

const EVERY_WEEK: Window = {
  weekday: 0,
  start_minute: 480,
  end_minute: 720,
  soft: false,
  every_weeks: 1,
  season: 'always',
  parity: '',
  anchor_day: null,
  valid_from: null,
  valid_to: null,
};
const IN_HOLIDAYS: Window = { ...EVERY_WEEK, weekday: 2, season: 'school_holidays' };
const FIRST_SATURDAY = {
  rule: 'FREQ=MONTHLY;BYDAY=1SA',
  first_day: '2026-01-01',
  start_minute: 600,
  end_minute: 720,
  soft: true,
  next_days: ['2026-12-05'],
};

function stored(): Availability {
  return {
    windows: [EVERY_WEEK, IN_HOLIDAYS],
    understood: '',
    understood_en: '',
    recurrences: [FIRST_SATURDAY],
    extra_times: [],
    absences: [],
  };
}

describe('a week that was begun and is gone on with', () => {
  function begun(): Draft {
    const draft = new Draft();
    draft.begin(stored());
    draft.change([{ weekday: 5, start: 600, end: 660, soft: false }]);
    const again = new Draft();
    again.resume(JSON.parse(JSON.stringify(draft.unsaved)));
    return again;
  }

  it('is still to be saved', () => {
    const again = begun();
    again.follow(stored());
    expect(again.dirty).toBe(true);
    expect(again.spans).toEqual([{ weekday: 5, start: 600, end: 660, soft: false }]);
  });

  it('takes over what changed elsewhere meanwhile', () => {
    const again = begun();
    again.follow({ ...stored(), recurrences: [] });
    expect(again.rules).toEqual([]);
    expect(again.spans).toHaveLength(1);
  });

  it('keeps nothing but the week', () => {
    expect(Object.keys(begun().unsaved!.stored)).toEqual(['windows', 'recurrences']);
  });

  it('is nothing where nothing was changed', () => {
    const draft = new Draft();
    expect(draft.unsaved).toBeUndefined();
    draft.begin(stored());
    expect(draft.unsaved).toBeUndefined();
  });
});

describe('a week that is being changed', () => {
  it('sends what cannot be painted as it was', () => {
    const draft = new Draft();
    draft.begin(stored());
    draft.change(new Stroke(draft.spans, { weekday: 4, start: 480 }, 'free').to({ weekday: 4, start: 510 }));
    const { next_days: _left, ...rule } = FIRST_SATURDAY;
    expect(draft.body.recurrences).toEqual([rule]);
    expect(draft.body.windows).toHaveLength(3);
    expect(draft.body.windows).toContainEqual(IN_HOLIDAYS);
  });

  it('is changed only when it says something else', () => {
    const draft = new Draft();
    draft.begin(stored());
    expect(draft.dirty).toBe(false);
    draft.change([...draft.spans, { weekday: 0, start: 480, end: 600, soft: true }]);
    expect(draft.dirty).toBe(false);
    draft.change([]);
    expect(draft.dirty).toBe(true);
    draft.undo();
    expect(draft.dirty).toBe(false);
  });

  it('is not overwritten by what is read meanwhile', () => {
    const draft = new Draft();
    draft.begin(stored());
    draft.change([]);
    draft.follow(stored());
    expect(draft.spans).toEqual([]);
    draft.discard();
    expect(draft.spans).toHaveLength(1);
  });
});

describe('what somebody else has changed meanwhile', () => {
  it('is taken over beside what is being painted here, and counts when that is discarded', () => {
    const draft = new Draft();
    draft.begin(stored());
    draft.change([]);
    draft.follow({ ...stored(), windows: [{ ...EVERY_WEEK, weekday: 5 }], recurrences: [] });
    expect(draft.body).toEqual({ windows: [], recurrences: [] });
    draft.discard();
    expect(draft.spans).toEqual([{ weekday: 5, start: 480, end: 720, soft: false }]);
  });

  it('does not bring back what was taken away here', () => {
    const draft = new Draft();
    draft.begin(stored());
    draft.special = [];
    draft.rules = [];
    draft.follow({ ...stored(), windows: [{ ...EVERY_WEEK, weekday: 5 }, IN_HOLIDAYS] });
    expect(draft.body.recurrences).toEqual([]);
    expect(draft.body.windows).toHaveLength(1);
    expect(draft.dirty).toBe(true);
  });
});

describe('a stroke', () => {
  it('paints the block between where it began and where it is, in any direction', () => {
    const stroke = new Stroke([], { weekday: 2, start: 540 }, 'soft');
    expect(stroke.to({ weekday: 1, start: 480 })).toEqual([
      { weekday: 1, start: 480, end: 570, soft: true },
      { weekday: 2, start: 480, end: 570, soft: true },
    ]);
  });

  it('that shrinks again leaves what was there', () => {
    const stroke = new Stroke([], { weekday: 0, start: 480 }, 'free');
    stroke.to({ weekday: 6, start: 900 });
    expect(stroke.to({ weekday: 0, start: 480 })).toHaveLength(1);
  });

  it('over what is so already takes it away', () => {
    const spans = [{ weekday: 0, start: 480, end: 720, soft: false }];
    expect(new Stroke(spans, { weekday: 0, start: 480 }, 'free').to({ weekday: 0, start: 690 })).toEqual([]);
    expect(new Stroke(spans, { weekday: 0, start: 480 }, 'soft').colour).toBe('soft');
  });
});
