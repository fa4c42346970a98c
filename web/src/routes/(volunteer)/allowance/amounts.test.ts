import { describe, expect, it } from 'vitest';
import { centsOf, latestFirst, lookOf, mayWaive, quantity } from './amounts';

describe('amounts as people write them', () => {
  it.each([
    ['240', 24000],
    ['240,5', 24050],
    ['240,50 €', 24050],
    ['240.50', 24050],
    ['1.200,50', 120050],
    ['1.200', 120000],
    ['0', 0],
    ['٢٤٠', 24000],
  ])('%s are %i cents', (typed, cents) => expect(centsOf(typed)).toBe(cents));

  it.each(['', 'viel', '-5', '1,234', '1.20.0', '12,'])('nobody can know what %s means', (typed) => {
    expect(centsOf(typed)).toBeUndefined();
  });
});

describe('claims', () => {
  it('stand with the latest month first, and its last one before the one that was taken back', () => {
    const claims = [
      { month: '2026-09', number: 1 },
      { month: '2026-10', number: 1 },
      { month: '2026-10', number: 2 },
    ];
    expect(latestFirst(claims)).toEqual([claims[2], claims[1], claims[0]]);
  });

  it('look by their state', () => {
    expect(['paid', 'approved', 'open', 'on_hold', 'waived'].map(lookOf)).toEqual(['good', 'good', 'wait', 'bad', '']);
  });

  it('are given up while no money is on its way, and no counter-booking ever', () => {
    expect(mayWaive({ state: 'approved', kind: 'regular' })).toBe(true);
    expect(mayWaive({ state: 'approved', kind: 'counter' })).toBe(false);
    expect(mayWaive({ state: 'in_payrun', kind: 'regular' })).toBe(false);
    expect(mayWaive({ state: 'paid', kind: 'regular' })).toBe(false);
  });

  it('and caps are counted in their own unit', () => {
    expect(quantity('minutes', 90)).toBe('1 Std. 30 Min.');
    expect(quantity('cents', 2000)).toBe('20,00\u00a0€');
    expect(quantity('assignments', 5)).toBe('5');
  });
});
