import { describe, expect, it } from 'vitest';
import {
  byMonth,
  draftOf,
  drafted,
  entryOf,
  lastDayOf,
  minutesOf,
  missingOf,
  mistakesOf,
  RECORDS,
  reportBody,
  runningOf,
  scannedOf,
  spanOf,
  timesBody,
  timesOf,
  withSaid,
  workedOf,
} from './hours';
import type { Appointment } from './reads';
import type { Entry } from './store';

const ID = '01a21ed0-896e-7343-a3c0-6715d6758a5d';

function times(start: string, end: string, pause = '', day = '2026-11-20') {
  return { day, start, end, pause };
}

function appointment(more: Partial<Appointment> = {}): Appointment {
  const none = { started_at: null, finished_at: null, record_id: null };
  const plan = { starts_at: '2026-11-20T09:30:00Z', ends_at: '2026-11-20T10:30:00Z' };
  return { id: ID, state: 'booked', mode: 'on_site', ...none, ...plan, ...more } as Appointment;
}

function entry(path: string, body: unknown, refusal?: Entry['refusal']): Entry {
  return { id: 'one', account: 'hers', path, body, what: 'app.save', values: {}, at: 0, refusal };
}

describe('minutes as people write them', () => {
  it.each([
    ['', 0],
    ['90', 90],
    ['90 Min.', 90],
    ['1:30', 90],
    ['7:30', 450],
    ['7,5', 450],
    ['7.5', 450],
    ['1,25', 75],
    ['0,5 Std.', 30],
    ['1 Std. 30 Min.', 90],
    ['2 Stunden', 120],
    ['1h30', 90],
    ['٩٠', 90],
    ['۱:۳۰', 90],
  ])('%s are %i', (typed, minutes) => expect(minutesOf(typed)).toBe(minutes));

  it.each(['kurz', '1:75', '1,30', '-15', '1e3', '15 km'])('nobody can know what %s means', (typed) => {
    expect(minutesOf(typed)).toBeUndefined();
  });
});

describe('the time that was worked', () => {
  it('leaves out the break', () => expect(workedOf(times('09:00', '11:30', '0:15'))).toBe(135));

  it('is unknown while a field is empty or nobody can read the break', () => {
    expect(workedOf(times('09:00', ''))).toBeUndefined();
    expect(workedOf(times('09:00', '11:30', 'kurz'))).toBeUndefined();
  });

  it('goes over midnight', () => {
    expect(spanOf(times('22:30', '00:15'))?.overnight).toBe(true);
    expect(workedOf(times('22:30', '00:15'))).toBe(105);
    expect(timesBody(times('23:00', '00:30', '', '2026-12-31'))).toEqual({
      started_at: '2026-12-31T23:00:00+01:00',
      ended_at: '2027-01-01T00:30:00+01:00',
      break_minutes: 0,
    });
  });

  it('counts what really passed when the clock is put on or back', () => {
    expect(workedOf(times('01:30', '03:30', '', '2026-03-29'))).toBe(60);
    expect(workedOf(times('01:30', '03:30', '', '2026-10-25'))).toBe(180);
  });
});

describe('what cannot be true', () => {
  const now = new Date('2026-11-20T18:00:00Z');
  const plan = appointment();

  it('is nothing about the plan itself', () => expect(mistakesOf(drafted(plan), now, plan)).toEqual({}));

  it.each([
    [times('', '11:30'), { span: 'hours.times_missing' }],
    [times('11:30', '10:30'), { span: 'hours.ends_before' }],
    [times('10:30', '10:30'), { span: 'hours.ends_before' }],
    [times('05:00', '15:01'), { span: 'hours.too_long' }],
    [times('10:30', '11:30', '60'), { pause: 'hours.nothing_left' }],
    [times('10:30', '11:30', 'kurz'), { pause: 'hours.pause_unread' }],
    [times('18:30', '19:30'), { span: 'hours.in_future' }],
    [times('10:30', '11:30', '', '2026-11-19'), { span: 'hours.other_day' }],
    [times('12:00', '13:00'), { span: 'hours.outside' }],
  ])('%o', (typed, mistakes) => expect(mistakesOf(typed, now, plan)).toEqual(mistakes));

  it('is nothing about who was there before midnight, or came after it', () => {
    const night = { starts_at: '2026-11-19T23:00:00Z', ends_at: '2026-11-20T01:00:00Z' };
    const early = drafted(appointment({ ...night, started_at: '2026-11-19T22:50:00Z' }));
    expect(early).toMatchObject({ day: '2026-11-19', start: '23:50', end: '02:00' });
    expect(mistakesOf(early, now, night)).toEqual({});
    const late = drafted(appointment({ ...night, starts_at: '2026-11-19T22:00:00Z', started_at: '2026-11-19T23:05:00Z' }));
    expect(late).toMatchObject({ day: '2026-11-20', start: '00:05', end: '02:00' });
    expect(mistakesOf(late, now, night)).toEqual({});
  });

  it('takes ten hours, and a minute beside the plan', () => {
    expect(mistakesOf(times('05:00', '15:00'), now, plan)).toEqual({});
    expect(mistakesOf(times('11:29', '12:30'), now, plan)).toEqual({});
    expect(mistakesOf(times('12:00', '13:00'), now)).toEqual({});
  });
});

describe('a report', () => {
  it('begins with what was said on the day', () => {
    const said = appointment({ started_at: '2026-11-20T09:40:12Z', finished_at: '2026-11-20T11:05:48Z' });
    expect(drafted(said)).toMatchObject({ day: '2026-11-20', start: '10:40', end: '12:05', outcome: 'performed' });
    expect(drafted(appointment())).toMatchObject({ start: '10:30', end: '11:30' });
  });

  it('knows what still waits in the outbox, and not what was refused', () => {
    const path = `/api/v1/assignments/${ID}/progress`;
    const waits = [
      entry(path, { step: 'started', at: '2026-11-20T09:40:00Z' }),
      entry(path, { step: 'finished', at: '2026-11-20T11:05:00Z' }),
    ];
    expect(drafted(withSaid(appointment(), waits))).toMatchObject({ start: '10:40', end: '12:05' });
    const refused = waits.map((one) => ({ ...one, refusal: { detail: 'Nein.' } as Entry['refusal'] }));
    expect(withSaid(appointment(), refused)).toEqual(appointment());
  });

  it('is the same after it was sent and comes back', () => {
    const draft = { ...drafted(appointment()), pause: '15', note: 'Später begonnen.', kilometres: '12', code: '123456' };
    expect(draftOf(reportBody(ID, draft))).toEqual(draft);
  });

  it('sends no code where there are not six digits', () => {
    expect(reportBody(ID, { ...drafted(appointment()), code: '12345' })).not.toHaveProperty('code');
    expect(reportBody(ID, { ...drafted(appointment()), code: '123 456' }).code).toBe('123456');
  });

  it('is found in the outbox by its appointment', () => {
    const mine = entry(RECORDS, { assignment_id: ID });
    expect(entryOf([entry(RECORDS, { assignment_id: 'other' }), mine], ID)).toBe(mine);
    expect(entryOf([entry('/api/v1/activities', { assignment_id: ID })], ID)).toBeUndefined();
  });

  it('of known times shows them as they were', () => {
    const known = { started_at: '2026-11-20T22:30:00Z', ended_at: '2026-11-20T23:15:00Z', break_minutes: 0 };
    expect(timesOf(known)).toEqual({ day: '2026-11-20', start: '23:30', end: '00:15', pause: '' });
    expect(timesBody(timesOf(known)).ended_at).toBe('2026-11-21T00:15:00+01:00');
  });
});

describe('a scanned code', () => {
  it('counts for its own appointment alone', () => {
    expect(scannedOf(`LW1:${ID}:042042`, ID)).toEqual({ code: '042042' });
    expect(scannedOf(`LW1:${ID.replace('0', '1')}:042042`, ID)).toEqual({ wrong: 'other' });
    expect(scannedOf('https://example.org', ID)).toEqual({ wrong: 'unknown' });
    expect(scannedOf(`LW1:${ID}:0420421`, ID)).toEqual({ wrong: 'unknown' });
  });
});

describe('what is to be entered', () => {
  const at = (time: string) => new Date(`2026-11-20T${time}:00Z`);
  const missing = (one: Appointment, now: Date) => missingOf([one], now).length;
  const running = (one: Appointment, now: Date) => runningOf([one], now).length;

  it('runs from half an hour before its start until it ends', () => {
    expect(running(appointment(), at('08:59'))).toBe(0);
    expect(running(appointment(), at('09:00'))).toBe(1);
    expect(running(appointment(), at('10:30'))).toBe(0);
    expect(running(appointment({ started_at: '2026-11-20T09:30:00Z' }), at('12:00'))).toBe(1);
    expect(running(appointment({ finished_at: '2026-11-20T10:00:00Z' }), at('10:10'))).toBe(0);
  });

  it('is missing from its end on, for 14 days, and never while it runs', () => {
    expect(missing(appointment(), at('10:29'))).toBe(0);
    expect(missing(appointment(), at('10:30'))).toBe(1);
    expect(missing(appointment({ started_at: '2026-11-20T09:30:00Z' }), at('12:00'))).toBe(0);
    expect(missing(appointment({ finished_at: '2026-11-20T10:00:00Z' }), at('10:10'))).toBe(1);
    expect(missing(appointment(), new Date('2026-12-04T10:29:00Z'))).toBe(1);
    expect(missing(appointment(), new Date('2026-12-04T10:30:00Z'))).toBe(0);
    expect(lastDayOf(appointment())).toBe('2026-12-04');
  });

  it('is nothing of what was reported or given back', () => {
    expect(missing(appointment({ record_id: 'one' }), at('12:00'))).toBe(0);
    expect(missing(appointment({ state: 'cancelled_early' }), at('12:00'))).toBe(0);
    expect(missing(appointment({ state: 'client_no_show' }), at('12:00'))).toBe(1);
  });
});

describe('months', () => {
  it('hold what stands and what waits, the latest first', () => {
    const row = (started_at: string, minutes: number, state: string) => ({ started_at, minutes, state });
    const rows = [
      row('2026-10-31T22:30:00Z', 30, 'confirmed'),
      row('2026-10-31T23:30:00Z', 60, 'confirmed'),
      row('2026-11-05T09:00:00Z', 45, 'resolved'),
      row('2026-11-06T09:00:00Z', 20, 'disputed'),
      row('2026-11-07T09:00:00Z', 90, 'rejected'),
    ];
    const months = byMonth(rows).map(({ month, settled, waiting }) => ({ month, settled, waiting }));
    expect(months).toEqual([
      { month: '2026-11', settled: 105, waiting: 20 },
      { month: '2026-10', settled: 30, waiting: 0 },
    ]);
  });
});
