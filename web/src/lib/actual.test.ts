import { afterEach, describe, expect, it, vi } from 'vitest';
import { actual, compare } from './actual';

const HERE = new Date('2026-11-30T12:00:00Z');
const HOUR = 3_600_000;

function answered(at: Date | string, keeps = 'no-store') {
  compare(new Response(null, { headers: { Date: typeof at === 'string' ? at : at.toUTCString(), 'Cache-Control': keeps } }));
}

afterEach(() => vi.useRealTimers());

describe('the present', () => {
  it.each([3 * HOUR, -2 * HOUR])('is that of the service where this clock is %i ms wrong', (wrong) => {
    vi.useFakeTimers({ now: HERE.getTime() + wrong });
    answered(HERE);
    expect(actual()).toEqual(HERE);
    vi.advanceTimersByTime(HOUR);
    expect(actual().getTime()).toBe(HERE.getTime() + HOUR);
    vi.setSystemTime(HERE);
    answered(HERE);
    expect(actual()).toEqual(HERE);
  });

  it('is that of this device where both agree, or nobody says anything of use', () => {
    vi.useFakeTimers({ now: HERE.getTime() + 20_000 });
    answered(HERE);
    answered(new Date(HERE.getTime() - HOUR), 'max-age=3600');
    answered('yesterday');
    expect(actual().getTime()).toBe(HERE.getTime() + 20_000);
  });
});
