import { describe, expect, it } from 'vitest';
import type { Appointment, Offer } from './reads';
import { atHand, byDay, coming, departure, isLate, isOpen, isToConfirm, mayGiveBack, takesSteps, unreported } from './work';

const NOW = new Date('2026-11-30T09:00:00Z');

/** A booked appointment that begins so many minutes from now and lasts an hour. */
function appointment(minutes: number, more: Partial<Appointment> = {}): Appointment {
  const starts = NOW.getTime() + minutes * 60_000;
  return {
    id: String(minutes),
    state: 'booked',
    starts_at: new Date(starts).toISOString(),
    ends_at: new Date(starts + 3_600_000).toISOString(),
    travel_minutes: 35,
    reminded_at: null,
    reconfirmed_at: null,
    finished_at: null,
    record_id: null,
    ...more,
  } as Appointment;
}
const ids = (rows: (Appointment | undefined)[]) => rows.map((one) => one?.id);

describe('the appointment at hand', () => {
  it('is the next one when nothing was just now', () => {
    expect(atHand([appointment(-2000), appointment(300), appointment(900)], NOW)?.id).toBe('300');
  });

  it('is the one under way, whatever comes after it', () => {
    expect(atHand([appointment(-30), appointment(45)], NOW)?.id).toBe('-30');
  });

  it('is the one just over until the next is near', () => {
    expect(atHand([appointment(-90), appointment(300)], NOW)?.id).toBe('-90');
    expect(atHand([appointment(-90), appointment(40)], NOW)?.id).toBe('40');
  });

  it('stays after its early end, until its hours are reported', () => {
    const done = { finished_at: new Date(NOW.getTime() - 60_000).toISOString() };
    expect(atHand([appointment(-30, done), appointment(300)], NOW)?.id).toBe('-30');
    expect(atHand([appointment(-30, { ...done, record_id: 'r' }), appointment(300)], NOW)?.id).toBe('300');
  });

  it('is none where nothing stands', () => {
    expect(atHand([appointment(60, { state: 'cancelled_early' })], NOW)).toBeUndefined();
  });
});

describe('what is over', () => {
  const rows = [
    appointment(-3000),
    appointment(-2000, { record_id: 'r' }),
    appointment(-1500, { state: 'client_no_show' }),
    appointment(-30),
    appointment(60),
  ];

  it('is to be reported where she was booked and has not done so', () => {
    expect(ids(unreported(rows, NOW))).toEqual(['-3000']);
    expect(ids(coming(rows, NOW))).toEqual(['-30', '60']);
  });
});

describe('the steps of the day', () => {
  it('are said from twelve hours before until a day after the start', () => {
    const at = (minutes: number) => takesSteps(appointment(minutes), NOW);
    expect([721, 720, 0, -1440, -1441].map(at)).toEqual([false, true, true, true, false]);
  });

  it('are not said of what was cancelled or is reported', () => {
    expect(takesSteps(appointment(0, { state: 'cancelled_late' }), NOW)).toBe(false);
    expect(takesSteps(appointment(0, { record_id: 'r' }), NOW)).toBe(false);
  });
});

describe('the question of the day before', () => {
  const asked = { reminded_at: '2026-11-29T08:00:00Z' };

  it('is put once she was asked, until she answers or it begins', () => {
    expect(isToConfirm(appointment(600), NOW)).toBe(false);
    expect(isToConfirm(appointment(600, asked), NOW)).toBe(true);
    expect(isToConfirm(appointment(-5, asked), NOW)).toBe(false);
    expect(isToConfirm(appointment(600, { ...asked, reconfirmed_at: asked.reminded_at }), NOW)).toBe(false);
  });
});

describe('giving back', () => {
  it('goes until the start, and is late for the last 24 hours', () => {
    expect([1441, 1439, 0].map((at) => isLate(appointment(at), NOW))).toEqual([false, true, true]);
    expect([1, 0, -1].map((at) => mayGiveBack(appointment(at), NOW))).toEqual([true, false, false]);
  });
});

describe('a question', () => {
  const offer = (state: string, seconds: number) =>
    ({ state, expires_at: new Date(NOW.getTime() + seconds * 1000).toISOString() }) as Offer;

  it('is open until it expires, also where the service has not noticed yet', () => {
    expect(isOpen(offer('pending', 1), NOW)).toBe(true);
    expect(isOpen(offer('pending', 0), NOW)).toBe(false);
    expect(isOpen(offer('accepted', 60), NOW)).toBe(false);
  });
});

describe('the way', () => {
  it('says when to leave, by the clock in Berlin', () => {
    expect(departure({ starts_at: '2026-11-30T09:00:00Z', travel_minutes: 35 })).toBe('09:25');
    expect(departure({ starts_at: '2026-11-30T09:00:00Z', travel_minutes: null })).toBeUndefined();
  });
});

describe('days', () => {
  it('are those of Berlin', () => {
    const rows = [{ starts_at: '2026-11-30T22:30:00Z' }, { starts_at: '2026-11-30T23:30:00Z' }];
    expect(byDay(rows).map(({ date }) => date)).toEqual(['2026-11-30', '2026-12-01']);
  });
});
