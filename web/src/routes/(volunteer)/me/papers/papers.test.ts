import { describe, expect, it } from 'vitest';
import { due, left, monthsLater, papers } from './papers';

const TODAY = '2026-11-27';
type Clearance = Parameters<typeof papers>[0]['clearances'][number];

function paper(kind: string, seen_on: string, more: Partial<Clearance> = {}): Clearance {
  return { kind, seen_on, issued_on: null, valid_to: null, ...more };
}

function shown(...clearances: Clearance[]) {
  return papers({ clearances, enrolments: [] }, TODAY);
}

function place(listing_renewed_on: string, state = 'released') {
  return {
    id: 'e',
    sponsor_id: 's',
    roles: ['interpreter'],
    coordinating: false,
    state,
    week_minutes: 270,
    day_assignments: 2,
    listing_renewed_on,
    lendable: false,
  };
}

describe('a month later', () => {
  it.each([
    ['2026-11-30', 3, '2027-02-28'],
    ['2027-11-30', 3, '2028-02-29'],
    ['2024-02-29', 60, '2029-02-28'],
    ['2026-12-31', 12, '2027-12-31'],
    ['2026-08-15', 1, '2026-09-15'],
  ])('%s and %i months is %s', (day, months, later) => {
    expect(monthsLater(day, months)).toBe(later);
  });
});

describe('a certificate of conduct', () => {
  it('is seen again after five years', () => {
    const [one] = shown(paper('conduct', '2022-05-15', { issued_on: '2022-05-04' }));
    expect(one).toMatchObject({ last: '2027-05-15', standing: 'good' });
  });

  it('ends earlier where that was written down', () => {
    const [one] = shown(paper('conduct', '2025-05-15', { issued_on: '2025-05-04', valid_to: '2026-12-01' }));
    expect(one).toMatchObject({ last: '2026-12-01', standing: 'soon' });
  });

  it.each([null, '2025-01-31', '2025-05-16'])('issued on %s and seen on 15 May 2025 does not count', (issued_on) => {
    const [one] = shown(paper('conduct', '2025-05-15', { issued_on }));
    expect(one?.standing).toBe('unfit');
  });

  it('that counts is shown rather than a newer one that does not', () => {
    const found = shown(
      paper('conduct', '2026-05-15', { issued_on: '2025-01-01' }),
      paper('conduct', '2024-05-15', { issued_on: '2024-05-01' }),
    );
    expect(found).toMatchObject([{ seen: '2024-05-15', standing: 'good' }]);
  });
});

describe('other papers', () => {
  it('do not end without a day', () => {
    expect(shown(paper('measles', '2020-01-01'))).toMatchObject([{ last: undefined, standing: 'good' }]);
  });

  it.each([
    ['2026-11-26', 'over'],
    ['2026-11-27', 'soon'],
    ['2027-01-26', 'soon'],
    ['2027-01-27', 'good'],
  ])('that hold until %s are %s', (valid_to, standing) => {
    expect(shown(paper('declaration', '2025-01-01', { valid_to }))[0]?.standing).toBe(standing);
  });

  it('are shown once a kind, the longest of them', () => {
    const found = shown(
      paper('measles', '2026-01-01', { valid_to: '2026-02-01' }),
      paper('measles', '2025-01-01'),
      paper('measles', '2026-03-01', { valid_to: '2028-02-01' }),
    );
    expect(found).toMatchObject([{ seen: '2025-01-01', last: undefined }]);
  });
});

describe('her place in the list', () => {
  it('is that of the pool which looks next, and of none that she has left', () => {
    const enrolments = [place('2026-06-01'), place('2026-01-10'), place('2024-01-01', 'ended')];
    expect(papers({ clearances: [], enrolments }, TODAY)).toMatchObject([
      { kind: 'listing', last: '2027-01-10', standing: 'soon' },
    ]);
  });
});

describe('what is due', () => {
  it('counts what runs out and what does not count apart', () => {
    const clearances = [
      paper('conduct', '2025-05-15'),
      paper('measles', '2025-05-15', { valid_to: '2026-12-24' }),
      paper('declaration', '2025-05-15', { valid_to: '2026-11-01' }),
    ];
    expect(due({ clearances, enrolments: [place('2026-11-01')] }, TODAY)).toEqual({ soon: 1, over: 2 });
  });

  it('is nothing before anything is known', () => {
    expect(due(undefined, TODAY)).toEqual({ soon: 0, over: 0 });
  });
});

describe('what is left', () => {
  it.each([
    ['2026-11-27', 0, 'today'],
    ['2026-11-28', 1, 'days'],
    ['2026-12-10', 13, 'days'],
    ['2026-12-11', 2, 'weeks'],
    ['2027-01-01', 5, 'weeks'],
  ])('until %s is %i in %s', (last, n, unit) => {
    expect(left(last, TODAY)).toEqual({ n, unit });
  });
});
