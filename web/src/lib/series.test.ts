import { describe, expect, it } from 'vitest';
import { begun, type Draft } from './ask';
import { lastDay, namedDays, seriesDates, weekdayOf } from './series';

function series(other: Partial<Draft>): Draft {
  return { ...begun('school', 'series'), times: [{ day: '2026-12-08', start: '10:00' }], weekdays: ['TU'], ...other };
}

describe('the days of a series', () => {
  it('are as many as asked for', () => {
    expect(namedDays(series({ count: '3' }))).toEqual(['2026-12-08', '2026-12-15', '2026-12-22']);
    expect(lastDay(series({ count: '3' }))).toBe('2026-12-22');
  });

  it('come every so many weeks, counted from the week of the first', () => {
    const days = namedDays(series({ weekdays: ['MO', 'TH'], every: 2, count: '3' }));
    expect(days).toEqual(['2026-12-10', '2026-12-21', '2026-12-24']);
  });

  it('end on a day, that day included', () => {
    const until = (day: string) => namedDays(series({ ends: 'until', until: day }));
    expect(until('2026-12-22')).toHaveLength(3);
    expect(until('2026-12-21')).toHaveLength(2);
    expect(until('')).toEqual([]);
  });

  it('are none before there is a weekday or a first day', () => {
    expect(namedDays(series({ weekdays: [] }))).toEqual([]);
    expect(namedDays(series({ times: [{ day: '', start: '' }] }))).toEqual([]);
    expect(lastDay(series({ weekdays: [] }))).toBe('');
  });

  it('leave out holidays, which count, and school holidays only on wish', () => {
    const holidays = {
      public: [{ day: '2026-12-15', name: 'Feiertag' }],
      school: [{ first: '2026-12-22', last: '2027-01-05', name: 'Ferien' }],
    };
    const wanted = series({ count: '6', skips_school: true });
    expect(seriesDates(wanted, holidays)).toEqual({
      days: ['2026-12-08', '2027-01-12'],
      left_out: [
        { day: '2026-12-15', name: 'Feiertag' },
        { day: '2026-12-22', name: 'Ferien' },
        { day: '2026-12-29', name: 'Ferien' },
        { day: '2027-01-05', name: 'Ferien' },
      ],
    });
    expect(seriesDates({ ...wanted, skips_school: false }, holidays).days).toHaveLength(5);
  });

  it('know their weekday', () => {
    expect(weekdayOf('2026-12-07')).toBe(0);
    expect(weekdayOf('2026-12-13')).toBe(6);
  });
});
