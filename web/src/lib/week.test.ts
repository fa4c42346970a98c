import { describe, expect, it } from 'vitest';
import {
  alike,
  apart,
  cells,
  clockOf,
  copied,
  hoursOf,
  isOpen,
  lines,
  minuteOf,
  mistakes,
  paint,
  runs,
  spansOf,
  stateOf,
  tidy,
  together,
  typedOf,
  weekOf,
  weeksMeant,
  type Span,
  type Window,
} from './week';

const at = (hour: number, minute = 0) => hour * 60 + minute;

function span(weekday: number, start: number, end: number, soft = false): Span {
  return { weekday, start, end, soft };
}

function window(weekday: number, start: number, end: number, other: Partial<Window> = {}): Window {
  return {
    weekday,
    start_minute: start,
    end_minute: end,
    soft: false,
    every_weeks: 1,
    season: 'always',
    parity: '',
    anchor_day: null,
    valid_from: null,
    valid_to: null,
    ...other,
  };
}

describe('windows of the service', () => {
  it('that hold every week are painted, all others stay as they are', () => {
    const plain = window(0, at(8), at(12));
    const special = [
      window(0, at(14), at(16), { season: 'school_holidays' }),
      window(1, at(8), at(9), { every_weeks: 2, anchor_day: '2026-11-30' }),
      window(2, at(8), at(9), { parity: 'odd' }),
      window(3, at(8), at(9), { valid_to: '2026-12-31' }),
      window(3, at(8), at(9), { valid_from: '2026-12-31' }),
    ];
    expect(apart([special[0]!, plain, ...special.slice(1)])).toEqual({ spans: [span(0, at(8), at(12))], special });
  });

  it('come back as they were, whatever was painted beside them', () => {
    const special = window(0, at(14), at(16), { season: 'term_time', soft: true });
    const read = apart([window(0, at(8), at(12)), special]);
    const written = together(paint(read.spans, [0], at(13), at(17), 'no'), read.special);
    expect(written).toHaveLength(2);
    expect(written[0]).toMatchObject({ weekday: 0, start_minute: at(8), end_minute: at(12), soft: false });
    expect(written[1]).toEqual(special);
  });

  it('of any minute survive, though the grid has half hours', () => {
    const read = apart([window(4, at(8, 15), at(9, 45))]);
    expect(together(read.spans, [])[0]).toMatchObject({ start_minute: at(8, 15), end_minute: at(9, 45) });
  });
});

describe('tidy spans', () => {
  it('are merged where they touch or overlap', () => {
    expect(tidy([span(0, at(10), at(12)), span(0, at(8), at(10)), span(0, at(9), at(11))])).toEqual([
      span(0, at(8), at(12)),
    ]);
  });

  it('are free rather than on request', () => {
    expect(tidy([span(0, at(8), at(18), true), span(0, at(10), at(12))])).toEqual([
      span(0, at(8), at(10), true),
      span(0, at(10), at(12)),
      span(0, at(12), at(18), true),
    ]);
  });

  it('of one day leave the other days alone, and are no empty spans', () => {
    expect(tidy([span(1, at(8), at(9)), span(0, at(8), at(9)), span(0, at(9), at(9))])).toEqual([
      span(0, at(8), at(9)),
      span(1, at(8), at(9)),
    ]);
  });
});

describe('painting', () => {
  it('takes time away from the middle of a span', () => {
    expect(paint([span(0, at(8), at(12))], [0], at(9), at(10), 'no')).toEqual([
      span(0, at(8), at(9)),
      span(0, at(10), at(12)),
    ]);
  });

  it('turns free time into time on request, and back', () => {
    const soft = paint([span(0, at(8), at(12))], [0], at(8), at(10), 'soft');
    expect(soft).toEqual([span(0, at(8), at(10), true), span(0, at(10), at(12))]);
    expect(paint(soft, [0], at(8), at(10), 'free')).toEqual([span(0, at(8), at(12))]);
  });

  it('paints several days at once and no other', () => {
    const painted = paint([span(3, at(8), at(9))], [0, 1], at(8), at(9), 'free');
    expect(painted.map((one) => one.weekday)).toEqual([0, 1, 3]);
  });

  it('reaches until midnight', () => {
    expect(paint([], [6], at(23, 30), at(24), 'free')).toEqual([span(6, at(23, 30), 1440)]);
  });
});

describe('a cell', () => {
  it('is free, on request, neither, or only in part', () => {
    const spans = [span(0, at(8), at(9, 15)), span(0, at(10), at(11), true)];
    expect(stateOf(spans, 0, at(8), at(8, 30))).toBe('free');
    expect(stateOf(spans, 0, at(9), at(9, 30))).toBe('part');
    expect(stateOf(spans, 0, at(10), at(10, 30))).toBe('soft');
    expect(stateOf(spans, 0, at(12), at(12, 30))).toBe('no');
    expect(stateOf(spans, 1, at(8), at(8, 30))).toBe('no');
  });

  it('knows the block it belongs to', () => {
    const row = cells([span(0, at(8), at(9)), span(0, at(9), at(9, 30), true)], [], 0, at(8), at(10));
    expect(row.map((one) => one.state)).toEqual(['free', 'free', 'soft', 'no']);
    expect(row.map((one) => [one.first, one.last])).toEqual([[true, false], [false, true], [true, true], [true, true]]);
    expect(row[0]?.block).toEqual([at(8), at(9)]);
  });

  it('shows where something holds only sometimes', () => {
    const special = [window(0, at(8), at(8, 30), { parity: 'even' })];
    expect(cells([], special, 0, at(8), at(9)).map((one) => one.sometimes)).toEqual([true, false]);
    expect(cells([], special, 1, at(8), at(9)).map((one) => one.sometimes)).toEqual([false, false]);
  });
});

describe('the hours of a week', () => {
  it('are those of the day, more where somebody said more, or all', () => {
    expect(hoursOf([])).toEqual([at(7), at(21)]);
    expect(hoursOf([span(0, at(5, 30), at(22, 15))])).toEqual([at(5), at(23)]);
    expect(hoursOf([], true)).toEqual([0, 1440]);
  });
});

describe('a week read out', () => {
  it('names days with the same times together', () => {
    const spans = [0, 1, 2, 4].map((day) => span(day, at(8), at(12)));
    const read = lines([...spans, span(3, at(8), at(12), true)]);
    expect(read.map((one) => one.days)).toEqual([[0, 1, 2, 4], [3]]);
    expect(runs([0, 1, 2, 4])).toEqual([[0, 2], [4, 4]]);
  });

  it('names special windows of several days once', () => {
    const special = [0, 2].map((day) => window(day, at(8), at(9), { parity: 'odd' }));
    const other = window(0, at(8), at(9), { parity: 'even' });
    expect(alike([...special, other]).map((one) => one.days)).toEqual([[0, 2], [0]]);
  });

  it('knows where the week is still open', () => {
    expect(isOpen(window(0, 0, 60, { every_weeks: 2 }))).toBe(true);
    expect(isOpen(window(0, 0, 60, { every_weeks: 2, anchor_day: '2026-11-30' }))).toBe(false);
    expect(isOpen(window(0, 0, 60, { parity: 'odd' }))).toBe(false);
  });

  it('copies one day to others, which then say the same', () => {
    const spans = [span(0, at(8), at(12)), span(1, at(6), at(7)), span(6, at(10), at(11))];
    expect(copied(spans, 0, [0, 1, 2])).toEqual([
      span(0, at(8), at(12)),
      span(1, at(8), at(12)),
      span(2, at(8), at(12)),
      span(6, at(10), at(11)),
    ]);
  });
});

describe('typed times', () => {
  it('are read to the minute, and midnight ends a day', () => {
    expect(minuteOf('08:15')).toBe(at(8, 15));
    expect(minuteOf('00:00')).toBe(0);
    expect(minuteOf('00:00', true)).toBe(1440);
    expect(minuteOf('')).toBeUndefined();
    expect(clockOf(at(8, 5))).toBe('08:05');
    const late = [span(0, at(20), 1440)];
    expect(spansOf(typedOf(late, 0), 0)).toEqual(late);
  });

  it('are wrong when empty, in the wrong order or twice', () => {
    const typed = [
      { start: '08:00', end: '10:00', soft: false },
      { start: '09:00', end: '11:00', soft: true },
      { start: '12:00', end: '11:00', soft: false },
      { start: '', end: '11:00', soft: false },
      { start: '10:00', end: '10:00', soft: false },
    ];
    expect(mistakes(typed)).toEqual(['', 'overlap', 'order', 'empty', 'order']);
    expect(spansOf(typed, 2)).toEqual([span(2, at(8), at(10))]);
  });
});

describe('weeks', () => {
  it('are counted as ISO 8601 does, also over the New Year', () => {
    expect(weekOf('2026-11-27')).toBe('2026-W48');
    expect(weekOf('2027-01-03')).toBe('2026-W53');
    expect(weekOf('2027-01-04')).toBe('2027-W01');
    expect(weekOf('2024-12-30')).toBe('2025-W01');
    expect(weekOf('2026-03-29')).toBe('2026-W13');
  });

  it('that come every second time may be this one or the next', () => {
    expect(weeksMeant(window(0, 0, 60, { every_weeks: 2 }), '2026-11-23')).toEqual(['2026-11-23', '2026-11-30']);
  });
});
