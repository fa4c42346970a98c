import { describe, expect, it } from 'vitest';
import { speech } from './texts/index.svelte';
import { clock, dayAndClock, dayAndSpan, distance, duration, isoClock, isoDay, moment, mondayOf, month, plusDays, span, withOffset } from './time';

describe('a time of Berlin', () => {
  it('is one hour ahead of UTC in winter and two in summer', () => {
    expect(withOffset('2026-11-30', '09:30')).toBe('2026-11-30T09:30:00+01:00');
    expect(withOffset('2026-07-01', '09:30')).toBe('2026-07-01T09:30:00+02:00');
  });

  it('that is left out in March is taken an hour later', () => {
    expect(moment('2026-03-29', '01:59').toISOString()).toBe('2026-03-29T00:59:00.000Z');
    expect(moment('2026-03-29', '02:30').toISOString()).toBe('2026-03-29T01:30:00.000Z');
    expect(isoClock(moment('2026-03-29', '02:30'))).toBe('03:30');
    expect(moment('2026-03-29', '03:00').toISOString()).toBe('2026-03-29T01:00:00.000Z');
  });

  it('that comes twice in October is the first of both', () => {
    expect(moment('2026-10-25', '02:30').toISOString()).toBe('2026-10-25T00:30:00.000Z');
    expect(withOffset('2026-10-25', '02:30')).toBe('2026-10-25T02:30:00+02:00');
    expect(moment('2026-10-25', '01:59').toISOString()).toBe('2026-10-24T23:59:00.000Z');
    expect(moment('2026-10-25', '03:00').toISOString()).toBe('2026-10-25T02:00:00.000Z');
  });

  it('says with its offset the moment it means, in the left out hour as well', () => {
    for (const time of ['01:59', '02:00', '02:30', '02:59', '03:00']) {
      expect(new Date(withOffset('2026-03-29', time)).getTime(), time).toBe(moment('2026-03-29', time).getTime());
    }
  });

  it('comes back as it was typed, every half hour of the days on which clocks change', () => {
    for (const date of ['2026-03-28', '2026-03-30', '2026-10-24', '2026-10-25', '2026-10-26', '2026-12-31']) {
      for (let half = 0; half < 48; half += 1) {
        const time = `${String(Math.floor(half / 2)).padStart(2, '0')}:${half % 2 ? '30' : '00'}`;
        const at = moment(date, time);
        expect([isoDay(at), isoClock(at)], `${date} ${time}`).toEqual([date, time]);
      }
    }
  });

  it('belongs to the day and year of Berlin, not of UTC', () => {
    expect(isoDay('2026-12-31T22:59:00Z')).toBe('2026-12-31');
    expect(isoDay('2026-12-31T23:00:00Z')).toBe('2027-01-01');
    expect(isoClock('2026-12-31T23:00:00Z')).toBe('00:00');
    expect(moment('2027-01-01', '00:00').toISOString()).toBe('2026-12-31T23:00:00.000Z');
  });
});

describe('days', () => {
  it('are counted on over the change of clocks and the end of the year', () => {
    expect(plusDays('2026-03-28', 2)).toBe('2026-03-30');
    expect(plusDays('2026-10-25', 1)).toBe('2026-10-26');
    expect(plusDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(plusDays('2027-01-01', -1)).toBe('2026-12-31');
  });

  it('belong to the week of their Monday', () => {
    expect(mondayOf('2027-01-01')).toBe('2026-12-28');
    expect(mondayOf('2026-03-29')).toBe('2026-03-23');
    expect(mondayOf('2026-03-23')).toBe('2026-03-23');
  });
});

describe('words', () => {
  it('are those of a German clock', () => {
    expect(clock('2026-11-30T08:30:00Z')).toBe('09:30');
    expect(clock('2026-12-31T23:00:00Z')).toBe('00:00');
    expect(span('2026-11-30T08:30:00Z', '2026-11-30T09:45:00Z')).toBe('09:30–10:45');
    expect(month('2026-11')).toBe('November 2026');
  });

  it('say midnight alike in every language', () => {
    for (const locale of ['de', 'en', 'ar', 'uk'] as const) {
      speech.locale = locale;
      expect(clock('2026-11-30T23:05:00Z'), locale).toBe('00:05');
    }
    speech.locale = 'de';
  });

  it('stand between the commas of the language, and a span keeps its order from the right', () => {
    const [start, end] = ['2026-11-30T08:30:00Z', '2026-11-30T09:45:00Z'];
    expect(dayAndSpan(start, end)).toBe('Mo., 30. Nov., 09:30–10:45');
    expect(dayAndClock(start)).toBe('Mo., 30. Nov., 09:30');
    speech.locale = 'ar';
    speech.texts = { 'app.comma': '، ' };
    expect(dayAndSpan(start, end)).toMatch(/، \u206609:30–10:45\u2069$/);
    speech.locale = 'de';
    speech.texts = {};
  });

  it('tell a duration and a distance in the largest unit that fits', () => {
    expect(duration(0)).toMatch(/^0\sMin\.$/);
    expect(duration(45)).toMatch(/^45\sMin\.$/);
    expect(duration(120)).toMatch(/^2\sStd\.$/);
    expect(duration(135)).toMatch(/^2\sStd\. 15\sMin\.$/);
    const now = new Date('2026-11-30T08:00:00Z');
    expect(distance('2026-11-30T08:20:00Z', now)).toBe('in 20 Minuten');
    expect(distance('2026-11-30T11:00:00Z', now)).toBe('in 3 Stunden');
    expect(distance('2026-12-03T08:00:00Z', now)).toBe('in 3 Tagen');
    expect(distance('2026-11-30T07:00:00Z', now)).toBe('vor 1 Stunde');
  });
});
