import { beforeAll, describe, expect, it } from 'vitest';
import type { Appointment } from '$lib/reads';
import { bring, choose } from '$lib/texts/index.svelte';
import german from '$lib/texts/de/institution';
import type { Asked, Overview } from './reads';
import { groupOf, grouped, mayBeMissing, needsCode, standingOf, timeOf, together } from './standing';

const NOW = new Date('2026-12-01T09:00:00Z');
const TIME = { id: 't', starts_at: '2026-12-01T09:30:00Z', ends_at: '2026-12-01T10:30:00Z', chosen: false };

function asked(other: Partial<Asked> = {}): Asked {
  const one = { id: 'one', state: 'open', times: [TIME], offered_times: [], open_questions: [], seats: [{ state: 'open' }] };
  return { ...one, series_id: null, parents_day_id: null, ...other } as unknown as Asked;
}

function booking(other: Partial<Appointment> = {}): Appointment {
  const one = { id: 'b', request_id: 'one', state: 'booked', volunteer: 'Dilan', starts_at: TIME.starts_at, ends_at: TIME.ends_at };
  return { ...one, on_the_way_at: null, started_at: null, finished_at: null, record_id: null, ...other } as Appointment;
}

const booked = asked({ state: 'booked', seats: [{ state: 'booked' }] as Asked['seats'] });
const words = (one: Asked, bookings: Appointment[] = [], now = NOW) => standingOf(one, bookings, now).words;

beforeAll(async () => {
  await choose('de');
  await bring('institution', german);
});

describe('how a request stands', () => {
  it('is told in plain words', () => {
    expect(words(asked())).toBe('Wir suchen jemanden');
    expect(words(asked({ state: 'needs_info', open_questions: ['language:Kurdisch'] }))).toBe('Die Koordination klärt noch etwas');
    expect(words(asked({ state: 'needs_info', open_questions: ['personal_data:note'] }))).toBe('Bitte kürzen Sie den Text');
    expect(words(asked({ offered_times: [TIME] }))).toBe('Zu einer anderen Zeit könnte jemand');
    expect(words(asked({ state: 'unfilled' }))).toBe('Wir haben niemanden gefunden');
    expect(words(booked, [booking()])).toBe('Dilan kommt');
    expect(words(booked, [booking(), booking({ id: 'c', volunteer: 'Amal' })])).toBe('Dilan und Amal kommen');
    expect(words(asked({ state: 'done' }), [booking({ state: 'performed' })])).toBe('Hat stattgefunden: Dilan');
  });

  it('says how far somebody is, and the last word counts', () => {
    const way = { on_the_way_at: '2026-12-01T08:40:00Z' };
    const begun = { ...way, started_at: '2026-12-01T09:31:00Z' };
    expect(words(booked, [booking(way)])).toBe('Dilan ist unterwegs seit 09:40');
    expect(words(booked, [booking(begun)])).toBe('Es hat um 10:31 begonnen');
    expect(words(booked, [booking({ ...begun, finished_at: '2026-12-01T10:20:00Z' })])).toBe('Es war um 11:20 zu Ende');
  });

  it('knows nobody who has called off, and nobody of another request', () => {
    expect(words(asked(), [booking({ state: 'cancelled_early' }), booking({ request_id: 'two' })])).toBe('Wir suchen jemanden');
  });

  it('says of a team who is missing', () => {
    const team = asked({ seats: [{ state: 'booked' }, { state: 'open' }] as Asked['seats'] });
    expect(words(team, [booking()])).toBe('Zugesagt: Dilan. Eine Person fehlt noch.');
  });
});

describe('where a request stands in the list', () => {
  it('follows from its state and the time', () => {
    const later = new Date('2026-12-01T11:00:00Z');
    expect(groupOf(asked(), NOW)).toBe('sought');
    expect(groupOf(booked, NOW)).toBe('booked');
    expect(groupOf(booked, later)).toBe('past');
    expect(groupOf(asked({ offered_times: [TIME] }), NOW)).toBe('answer');
    expect(groupOf(asked({ state: 'needs_info', open_questions: ['personal_data:topic'] }), NOW)).toBe('answer');
    expect(groupOf(asked({ state: 'needs_info', open_questions: ['language:X'] }), NOW)).toBe('sought');
    expect(groupOf(asked({ state: 'unfilled' }), NOW)).toBe('answer');
    expect(groupOf(asked({ state: 'unfilled' }), later)).toBe('past');
    expect(groupOf(asked({ state: 'cancelled' }), NOW)).toBe('past');
  });

  it('is over only after the last alternative, or after the chosen time', () => {
    const other = { ...TIME, id: 'u', starts_at: '2026-12-05T09:30:00Z', ends_at: '2026-12-05T10:30:00Z' };
    const later = new Date('2026-12-02T09:00:00Z');
    expect(groupOf(asked({ times: [TIME, other] as Asked['times'] }), later)).toBe('sought');
    expect(groupOf(asked({ times: [{ ...TIME, chosen: true }, other] as Asked['times'] }), later)).toBe('past');
    expect(timeOf(asked({ times: [TIME, { ...other, chosen: true }] as Asked['times'] })).id).toBe('u');
  });

  it('comes first when it comes soon, and last when it is long past', () => {
    const at = (id: string, day: string) => asked({ id, times: [{ ...TIME, starts_at: `${day}T09:00:00Z`, ends_at: `${day}T10:00:00Z` }] as Asked['times'] });
    const requests = [at('later', '2026-12-09'), at('soon', '2026-12-03'), at('old', '2026-11-03'), at('older', '2026-10-03')];
    const groups = grouped({ requests, bookings: [], records: [] } as Overview, NOW);
    expect(groups.sought.map((one) => one.id)).toEqual(['soon', 'later']);
    expect(groups.past.map((one) => one.id)).toEqual(['old', 'older']);
  });

  it('is one line for a series', () => {
    const rows = together([asked({ id: 'a', series_id: 's' }), asked({ id: 'b' }), asked({ id: 'c', series_id: 's' })]);
    expect(rows.map((row) => [row.one.id, row.more])).toEqual([['a', 1], ['b', 0]]);
  });
});

describe('on the day', () => {
  const at = (time: string) => new Date(`2026-12-01T${time}:00Z`);

  it('the code is shown from an hour before until hours are reported', () => {
    expect(needsCode(booking(), at('08:29'))).toBe(false);
    expect(needsCode(booking(), at('08:30'))).toBe(true);
    expect(needsCode(booking(), new Date('2026-12-10T09:00:00Z'))).toBe(true);
    expect(needsCode(booking(), new Date('2026-12-16T09:00:00Z'))).toBe(false);
    expect(needsCode(booking({ record_id: 'r' }), at('10:00'))).toBe(false);
    expect(needsCode(booking({ state: 'cancelled_late' }), at('10:00'))).toBe(false);
  });

  it('somebody may be missing a quarter of an hour after the start', () => {
    expect(mayBeMissing(booking(), at('09:45'))).toBe(false);
    expect(mayBeMissing(booking(), at('09:46'))).toBe(true);
    expect(mayBeMissing(booking({ started_at: TIME.starts_at }), at('09:46'))).toBe(false);
  });
});
