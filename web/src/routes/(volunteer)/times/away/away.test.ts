import { describe, expect, it } from 'vitest';
import type { Absence } from '../mine.svelte';
import { exactly, isCovered, weekFrom } from './away';

function absence(first: string, last: string, part: Partial<Absence> = {}): Absence {
  return { id: 'a', first_day: first, last_day: last, start_minute: 0, end_minute: 1440, reason: '', ...part };
}

const WEEK = weekFrom('2026-11-30');

describe('a week on which she cannot', () => {
  it('is Monday to Sunday', () => {
    expect(WEEK).toEqual({ first: '2026-11-30', last: '2026-12-06' });
  });

  it('is there already when an absence holds all of it', () => {
    expect(isCovered(WEEK, [absence('2026-11-28', '2026-12-31')])).toBe(true);
    expect(isCovered(WEEK, [absence('2026-12-01', '2026-12-31')])).toBe(false);
    expect(isCovered(WEEK, [])).toBe(false);
  });

  it('is not there when only mornings are meant', () => {
    expect(isCovered(WEEK, [absence('2026-11-30', '2026-12-06', { end_minute: 720 })])).toBe(false);
  });

  it('is taken back only where it was said as such', () => {
    expect(exactly(WEEK, [absence('2026-11-30', '2026-12-31')])).toBeUndefined();
    expect(exactly(WEEK, [absence('2026-11-30', '2026-12-06')])?.id).toBe('a');
  });
});
