import { describe, expect, it } from 'vitest';
import { likely, mistakeIn, spoken, type Named } from './times';

const NOW = new Date('2026-11-30T09:00:00Z');
const time = (day: string, start: string, end: string): Named => ({ day, start, end });

describe('a time that is named instead', () => {
  it('is first guessed as the same hours on another day', () => {
    const asked = { starts_at: '2026-12-31T08:30:00Z', ends_at: '2026-12-31T09:30:00Z' };
    expect(likely(asked, 1)).toEqual(time('2027-01-01', '09:30', '10:30'));
  });

  it('travels with the offset of its day', () => {
    expect(spoken([time('2026-12-01', '09:30', '10:30'), time('2027-06-01', '09:30', '10:30')])).toEqual([
      { starts_at: '2026-12-01T09:30:00+01:00', ends_at: '2026-12-01T10:30:00+01:00' },
      { starts_at: '2027-06-01T09:30:00+02:00', ends_at: '2027-06-01T10:30:00+02:00' },
    ]);
  });

  it.each<[string, Named, string | undefined]>([
    ['is complete', time('2026-12-01', '', '10:30'), 'app.required'],
    ['ends after it begins', time('2026-12-01', '10:30', '10:30'), 'offers.time_order'],
    ['lasts ten hours at most', time('2026-12-01', '08:00', '18:01'), 'offers.time_long'],
    ['lies ahead', time('2026-11-30', '09:59', '11:00'), 'offers.time_past'],
    ['may be right', time('2026-11-30', '10:01', '11:00'), undefined],
  ])('%s', (_rule, named, mistake) => {
    expect(mistakeIn(named, [named], NOW)).toBe(mistake);
  });

  it('stands there once', () => {
    const twice = [time('2026-12-01', '09:00', '10:00'), time('2026-12-01', '09:00', '11:00')];
    expect(mistakeIn(twice[0]!, twice, NOW)).toBe('offers.time_twice');
    expect(mistakeIn(twice[0]!, [twice[0]!, time('2026-12-02', '09:00', '10:00')], NOW)).toBeUndefined();
  });
});
