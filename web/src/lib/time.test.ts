import { afterEach, describe, expect, it } from 'vitest';
import arabic from './texts/ar/shared';
import english from './texts/en/shared';
import { speech } from './texts/index.svelte';
import ukrainian from './texts/uk/shared';
import { clock, date, day, dayAndClock, dayAndSpan, distance, duration, isoDay, longDay, moment, mondayOf, month, plusDays, span, weekday, withOffset } from './time';

describe('a time of Berlin', () => {
  it('is one hour ahead of UTC in winter and two in summer', () => {
    expect(withOffset('2026-11-30', '09:30')).toBe('2026-11-30T09:30:00+01:00');
    expect(withOffset('2026-07-01', '09:30')).toBe('2026-07-01T09:30:00+02:00');
  });

  it('that is left out in March is taken an hour later', () => {
    expect(moment('2026-03-29', '01:59').toISOString()).toBe('2026-03-29T00:59:00.000Z');
    expect(moment('2026-03-29', '02:30').toISOString()).toBe('2026-03-29T01:30:00.000Z');
    expect(clock(moment('2026-03-29', '02:30'))).toBe('03:30');
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
        expect([isoDay(at), clock(at)], `${date} ${time}`).toEqual([date, time]);
      }
    }
  });

  it('belongs to the day and year of Berlin, not of UTC', () => {
    expect(isoDay('2026-12-31T22:59:00Z')).toBe('2026-12-31');
    expect(isoDay('2026-12-31T23:00:00Z')).toBe('2027-01-01');
    expect(clock('2026-12-31T23:00:00Z')).toBe('00:00');
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

const SPOKEN = { de: {}, en: english, ar: arabic, uk: ukrainian };
type Spoken = keyof typeof SPOKEN;

function speak(locale: Spoken): void {
  speech.locale = locale;
  speech.texts = SPOKEN[locale];
}

afterEach(() => speak('de'));

describe('a date', () => {
  const [early, late] = ['2026-11-30T08:30:00Z', '2027-06-01T22:30:00Z'];

  it.each([
    ['de', 'Mo., 30. Nov.', 'Mittwoch, 2. Juni 2027', '2. Juni 2027', 'November 2026'],
    ['en', 'Mon, Nov 30', 'Wednesday, June 2, 2027', 'June 2, 2027', 'November 2026'],
    ['ar', 'الاثنين، 30 نوفمبر', 'الأربعاء، 2 يونيو 2027', '2 يونيو 2027', 'نوفمبر 2026'],
    ['uk', 'пн, 30 лист.', 'середа, 2 червня 2027 р.', '2 червня 2027 р.', 'листопад 2026 р.'],
  ] as const)('reads in %s as a calendar there writes it', (locale, ...words) => {
    speak(locale);
    expect([day(early), longDay(late), date(late), month('2026-11')]).toEqual(words);
  });

  it.each(['de', 'en', 'ar', 'uk'] as const)('has a name for every day and month in %s', (locale) => {
    speak(locale);
    const months = Array.from({ length: 12 }, (_, at) => `2026-${String(at + 1).padStart(2, '0')}`);
    for (const form of ['long', 'short'] as const) {
      expect(new Set(Array.from({ length: 7 }, (_, at) => weekday(at, form))).size).toBe(7);
    }
    for (const worded of [month, (one: string) => date(`${one}-10`), (one: string) => day(`${one}-10`)]) {
      expect(new Set(months.map(worded)).size).toBe(12);
    }
    expect(months.map((one) => month(one) + longDay(`${one}-10`) + day(`${one}-10`)).join()).not.toMatch(/undefined|NaN|\s,|{/);
  });

  it('begins its week on Monday', () => {
    expect([weekday(0), weekday(6), weekday(0, 'short')]).toEqual(['Montag', 'Sonntag', 'Mo']);
    expect(longDay('2026-11-29T12:00:00Z')).toBe('Sonntag, 29. November 2026');
  });
});

describe('words', () => {
  it('are those of a German clock', () => {
    expect(clock('2026-11-30T08:30:00Z')).toBe('09:30');
    expect(clock('2026-12-31T23:00:00Z')).toBe('00:00');
    expect(span('2026-11-30T08:30:00Z', '2026-11-30T09:45:00Z')).toBe('09:30–10:45');
    expect(month('2026-11')).toBe('November 2026');
  });

  it('stand between the commas of the language, and a span keeps its order from the right', () => {
    const [start, end] = ['2026-11-30T08:30:00Z', '2026-11-30T09:45:00Z'];
    expect(dayAndSpan(start, end)).toBe('Mo., 30. Nov., 09:30–10:45');
    expect(dayAndClock(start)).toBe('Mo., 30. Nov., 09:30');
    speak('ar');
    expect(dayAndSpan(start, end)).toMatch(/، \u206609:30–10:45\u2069$/);
  });

  it('tell a duration and a distance in the largest unit that fits', () => {
    expect([0, 45, 60, 120, 135].map(duration)).toEqual(['0 Min.', '45 Min.', '1 Std.', '2 Std.', '2 Std. 15 Min.']);
    const now = new Date('2026-11-30T08:00:00Z');
    expect(distance('2026-11-30T08:01:00Z', now)).toBe('in 1 Minute');
    expect(distance('2026-11-30T08:59:00Z', now)).toBe('in 59 Minuten');
    expect(distance('2026-11-30T09:00:00Z', now)).toBe('in 1 Stunde');
    expect(distance('2026-12-02T07:29:00Z', now)).toBe('in 47 Stunden');
    expect(distance('2026-12-02T07:30:00Z', now)).toBe('in 2 Tagen');
    expect(distance('2026-12-03T19:30:00Z', now)).toBe('in 3 Tagen');
  });

  it('say now of what is there, or was', () => {
    const now = new Date('2026-11-30T08:00:00Z');
    expect(['2026-11-30T08:00:20Z', '2026-11-30T07:00:00Z'].map((one) => distance(one, now))).toEqual(['jetzt', 'jetzt']);
  });

  it('tell so in the plural of the language', () => {
    const now = new Date('2026-11-30T08:00:00Z');
    const said = (locale: Spoken) => {
      speak(locale);
      return [distance('2026-11-30T08:02:00Z', now), distance('2026-11-30T13:00:00Z', now), distance('2026-12-11T08:00:00Z', now), duration(135)].join(' | ');
    };
    expect(said('en')).toBe('in 2 minutes | in 5 hours | in 11 days | 2 hr 15 min');
    expect(said('ar')).toBe('خلال دقيقتين | خلال 5 ساعات | خلال 11 يومًا | 2 س 15 د');
    expect(said('uk')).toBe('через 2 хвилини | через 5 годин | через 11 днів | 2 год 15 хв');
  });
});
