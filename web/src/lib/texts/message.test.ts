import { describe, expect, it } from 'vitest';
import { fill, isolated } from './message';

describe('a text', () => {
  it('is filled with what it names', () => {
    expect(fill('{name} kommt um {time}.', 'de', { name: 'Mirela', time: '9:30' })).toBe('Mirela kommt um 9:30.');
  });

  it('shows a name that nobody gave, instead of hiding it', () => {
    expect(fill('{name} kommt.', 'de')).toBe('{name} kommt.');
  });

  it('does not fill in what stands in a value', () => {
    expect(fill('{a} {b}', 'de', { a: '{b}', b: 'x' })).toBe('{b} x');
  });

  it('writes numbers as its language does', () => {
    expect(fill('{n} km', 'de', { n: 1234.5 })).toBe('1.234,5 km');
    expect(fill('{n} km', 'en', { n: 1234.5 })).toBe('1,234.5 km');
    expect([0, 999, 1000, -7, 0.5].map((n) => fill('{n}', 'de', { n }))).toEqual(['0', '999', '1.000', '-7', '0,5']);
  });

  it('has the digits that stand on the clocks here', () => {
    expect(fill('{n}', 'ar-EG', { n: 12 })).toBe('12');
  });

  it('keeps what is written from the left in its order', () => {
    expect(isolated({ phone: '+49 151', n: 2 })).toEqual({ phone: '\u2068+49 151\u2069', n: 2 });
  });
});

describe('a text about numbers', () => {
  const ukrainian = { one: '{n} день', few: '{n} дні', many: '{n} днів', other: '{n} дня' };
  const arabic = { zero: 'z', one: 'o', two: 't', few: 'f', many: 'm', other: 'x' };

  it('has the form of its language', () => {
    const days = { one: 'Ein Tag', other: '{n} Tage' };
    expect([0, 1, 2].map((n) => fill(days, 'de', { n }))).toEqual(['0 Tage', 'Ein Tag', '2 Tage']);
    expect([1, 2, 5, 21, 22, 25].map((n) => fill(ukrainian, 'uk', { n }))).toEqual([
      '1 день', '2 дні', '5 днів', '21 день', '22 дні', '25 днів',
    ]);
    expect([0, 1, 2, 3, 11, 100].map((n) => fill(arabic, 'ar', { n }))).toEqual(['z', 'o', 't', 'f', 'm', 'x']);
  });

  it('falls back on the form for all others', () => {
    expect(fill({ other: '{n} Tage' }, 'de', { n: 1 })).toBe('1 Tage');
  });
});
