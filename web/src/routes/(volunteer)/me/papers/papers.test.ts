import { describe, expect, it } from 'vitest';
import { due, left, papers } from './papers';

const TODAY = '2026-11-27';
type Clearance = Parameters<typeof papers>[0]['clearances'][number];

function paper(kind: string, seen_on: string, more: Partial<Clearance> = {}): Clearance {
  return { kind, seen_on, issued_on: null, valid_to: null, counts: true, last_day: null, ...more };
}

function shown(...clearances: Clearance[]) {
  return papers({ clearances, enrolments: [] }, TODAY);
}

function place(listing_renewed_on: string, listed_until: string, state = 'released') {
  return {
    id: 'e',
    sponsor_id: 's',
    roles: ['interpreter'],
    coordinating: false,
    state,
    week_minutes: 270,
    day_assignments: 2,
    listing_renewed_on,
    listed_until,
    lendable: false,
  };
}

describe('a certificate of conduct', () => {
  it('that does not count is said so', () => {
    const [one] = shown(paper('conduct', '2025-05-15', { counts: false, last_day: '2030-05-15' }));
    expect(one).toMatchObject({ standing: 'unfit' });
  });

  it('that counts is shown rather than a newer one that does not', () => {
    const found = shown(
      paper('conduct', '2026-05-15', { counts: false, last_day: '2031-05-15' }),
      paper('conduct', '2024-05-15', { last_day: '2029-05-15' }),
    );
    expect(found).toMatchObject([{ seen: '2024-05-15', last: '2029-05-15', standing: 'good' }]);
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
  ])('that hold until %s are %s', (last_day, standing) => {
    expect(shown(paper('declaration', '2025-01-01', { last_day }))[0]?.standing).toBe(standing);
  });

  it('are shown once a kind, the longest of them', () => {
    const found = shown(
      paper('measles', '2026-01-01', { last_day: '2026-02-01' }),
      paper('measles', '2025-01-01'),
      paper('measles', '2026-03-01', { last_day: '2028-02-01' }),
    );
    expect(found).toMatchObject([{ seen: '2025-01-01', last: undefined }]);
  });
});

describe('her place in the list', () => {
  it('is that of the pool which looks next, and of none that she has left', () => {
    const enrolments = [place('2026-06-01', '2027-06-01'), place('2026-01-10', '2027-01-10'), place('2024-01-01', '2025-01-01', 'ended')];
    expect(papers({ clearances: [], enrolments }, TODAY)).toMatchObject([
      { kind: 'listing', last: '2027-01-10', standing: 'soon' },
    ]);
  });
});

describe('what is due', () => {
  it('counts what runs out and what does not count apart', () => {
    const clearances = [
      paper('conduct', '2025-05-15', { counts: false }),
      paper('measles', '2025-05-15', { last_day: '2026-12-24' }),
      paper('declaration', '2025-05-15', { last_day: '2026-11-01' }),
    ];
    expect(due({ clearances, enrolments: [place('2026-11-01', '2027-11-01')] }, TODAY)).toEqual({ soon: 1, over: 2 });
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
