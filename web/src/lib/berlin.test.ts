import { describe, expect, it } from 'vitest';
import { inBerlin } from './berlin';

const HOUR_MS = 3_600_000;
const SWEDISH = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Berlin', dateStyle: 'short', timeStyle: 'medium' });

const shown = (at: number) => inBerlin(new Date(at)).toISOString().slice(0, 19).replace('T', ' ');
/** Year, month, day and time in this order, whatever stands between them. */
const known = (at: number) => SWEDISH.format(at).replace(/[^0-9:]+/g, '-').replace(/-(?=\d+:)/, ' ');

describe('the clock of Berlin', () => {
  it('shows what the zones of the platform show, every hour of the weeks in which it is moved', () => {
    for (let year = 1996; year <= 2037; year += 1) {
      for (const begin of [Date.UTC(year, 2, 24), Date.UTC(year, 9, 24)]) {
        for (let at = begin; at < begin + 9 * 24 * HOUR_MS; at += HOUR_MS) {
          expect(shown(at)).toBe(known(at));
        }
      }
    }
  });

  it('shows so every day of a year, a millisecond before and after midnight', () => {
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 24 * HOUR_MS) {
      for (const one of [at - HOUR_MS - 1, at - HOUR_MS, at - 2 * HOUR_MS - 1, at - 2 * HOUR_MS]) {
        expect(shown(one)).toBe(known(one));
      }
    }
  });

  it('is moved at one in the morning of Greenwich, not a millisecond earlier', () => {
    expect(shown(Date.UTC(2026, 2, 29, 1) - 1)).toBe('2026-03-29 01:59:59');
    expect(shown(Date.UTC(2026, 2, 29, 1))).toBe('2026-03-29 03:00:00');
    expect(shown(Date.UTC(2026, 9, 25, 1) - 1)).toBe('2026-10-25 02:59:59');
    expect(shown(Date.UTC(2026, 9, 25, 1))).toBe('2026-10-25 02:00:00');
  });
});
