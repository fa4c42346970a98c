import { describe, expect, it } from 'vitest';
import {
  begun, checkable, checkableDay, copied, firstOpen, isTouched, mistakesOf, newSeat, parentsDayBody, partsOf, requestBody,
  seriesBody, withoutWords, type Asked, type Draft,
} from './ask';

const NOW = new Date('2026-11-27T12:00:00Z');

/** A school asks for an hour of Dari. */
function filled(other: Partial<Draft> = {}): Draft {
  return {
    ...begun('school'),
    times: [{ day: '2026-12-08', start: '10:00' }],
    seats: [{ ...newSeat(), language: 'prs' }],
    topic: ' Elterngespräch ',
    ...other,
  };
}

describe('what is missing', () => {
  it('is told step by step, and the first open step is known', () => {
    expect(firstOpen(begun('school'), NOW)).toBe('when');
    expect(firstOpen(filled({ seats: [newSeat()] }), NOW)).toBe('who');
    expect(firstOpen(filled({ topic: ' ' }), NOW)).toBe('what');
    expect(firstOpen(filled({ institution: '' }), NOW)).toBe('where');
    expect(firstOpen(filled(), NOW)).toBe('review');
  });

  it.each([
    [[{ day: '2026-12-08', start: '' }], { time_0: 'ask.time_missing' }],
    [[{ day: '2026-11-27', start: '12:59' }], { time_0: 'ask.time_past' }],
    [[{ day: '2026-12-08', start: '10:00' }, { day: '2026-12-08', start: '10:00' }], { time_1: 'ask.time_twice' }],
    [[{ day: '2026-12-08', start: '10:00' }, { day: '2027-02-07', start: '10:00' }], { time_1: 'ask.time_far' }],
    [[{ day: '2026-11-27', start: '13:01' }, { day: '2027-01-26', start: '10:00' }], {}],
  ])('of times %j is %j', (times, wrong) => {
    expect(mistakesOf(filled({ times }), 'when', NOW)).toEqual(wrong);
  });

  it('of a series is its weekdays and its end', () => {
    const series = filled({ kind: 'series', times: [{ day: '2026-12-08', start: '10:00' }, { day: '', start: '' }], count: '1' });
    expect(mistakesOf(series, 'when', NOW)).toEqual({ weekdays: 'ask.weekdays_missing', count: 'ask.count_wrong' });
    const until = filled({ kind: 'series', weekdays: ['TU'], ends: 'until', until: '2026-12-08' });
    expect(mistakesOf(until, 'when', NOW)).toEqual({ until: 'ask.until_wrong' });
    expect(mistakesOf({ ...until, until: '2026-12-15' }, 'when', NOW)).toEqual({});
  });

  it('of a parents’ day is its window and each language once', () => {
    const day = filled({ kind: 'parents_day', end: '09:00', needs: [] });
    expect(mistakesOf(day, 'when', NOW)).toEqual({ time_0: 'ask.window_order' });
    expect(mistakesOf({ ...day, end: '' }, 'when', NOW)).toEqual({ time_0: 'ask.window_missing' });
    const dari = { language: 'prs', slots: '4', at_once: '' };
    const needs = [dari, { ...dari, slots: '0' }];
    expect(mistakesOf({ ...day, needs }, 'who', NOW)).toEqual({ language_1: 'ask.language_twice', slots_1: 'ask.slots_missing' });
  });

  it('of a number is that it is none, or not a whole one', () => {
    const need = { language: 'prs', slots: '2.5', at_once: 'zwei' };
    const wrong = { slots_0: 'ask.slots_missing', at_once_0: 'ask.at_once_wrong' };
    expect(mistakesOf(filled({ kind: 'parents_day', needs: [need] }), 'who', NOW)).toEqual(wrong);
    expect(mistakesOf(filled({ kind: 'parents_day', needs: [{ ...need, slots: '40', at_once: ' 3 ' }] }), 'who', NOW)).toEqual({});
    expect(mistakesOf(filled({ people: '1.5' }), 'who', NOW)).toEqual({ people: 'ask.people_wrong' });
    const series = filled({ kind: 'series', weekdays: ['TU'], count: '2.5' });
    expect(mistakesOf(series, 'when', NOW)).toEqual({ count: 'ask.count_wrong' });
  });

  it('is no language of somebody who only accompanies', () => {
    expect(mistakesOf(filled({ seats: [{ ...newSeat(), role: 'guide' }] }), 'who', NOW)).toEqual({});
    expect(mistakesOf(filled({ seats: [newSeat()] }), 'who', NOW)).toEqual({ language_0: 'ask.language_missing' });
  });

  it('is the number for a talk on the telephone, and why it is urgent', () => {
    expect(mistakesOf(filled({ mode: 'phone' }), 'where', NOW)).toEqual({ contact_phone: 'ask.phone_missing' });
    expect(mistakesOf(filled({ urgent: true }), 'what', NOW)).toEqual({ urgency_reason: 'ask.urgency_missing' });
  });
});

describe('what the service is told', () => {
  it('is one appointment with one person, whatever else was begun', () => {
    const body = requestBody(filled({ seats: [{ ...newSeat(), language: 'prs', hard: true }, newSeat()] }));
    expect(body.times).toEqual([{ day: '2026-12-08', start: '10:00' }]);
    expect(body.seats).toEqual([{ role: 'interpreter', language: 'prs', mode: 'on_site', gender: null, gender_hard: false }]);
    expect(body.topic).toBe('Elterngespräch');
    expect(body).not.toHaveProperty('follow_up_of');
    expect(body).not.toHaveProperty('sponsor_id');
  });

  it('is a team with everybody', () => {
    const body = requestBody(filled({ kind: 'team', seats: [{ ...newSeat(), language: 'prs' }, { ...newSeat(), language: 'kmr', gender: 'f', hard: true }] }));
    expect(body.seats.map((seat) => [seat.language, seat.gender, seat.gender_hard])).toEqual([['prs', null, false], ['kmr', 'f', true]]);
  });

  it('is a series with one end', () => {
    const series = filled({ kind: 'series', weekdays: ['FR', 'TU'], every: 2, count: '8', until: '2027-03-01' });
    expect(seriesBody(series)).toMatchObject({ first_day: '2026-12-08', start: '10:00', weekdays: ['TU', 'FR'], every_weeks: 2, count: 8 });
    expect(seriesBody(series)).not.toHaveProperty('until');
    expect(seriesBody({ ...series, ends: 'until' })).toMatchObject({ until: '2027-03-01' });
    expect(seriesBody({ ...series, ends: 'until' })).not.toHaveProperty('count');
  });

  it('wishes for the same person only where somebody was there before, or comes back', () => {
    const wished = filled({ same_person: true });
    expect(requestBody(wished).same_person_wished).toBe(false);
    expect(requestBody({ ...wished, follow_up: 'before' }).same_person_wished).toBe(true);
    expect(seriesBody({ ...wished, kind: 'series' }).same_person_wished).toBe(true);
  });

  it('is a parents’ day with its needs', () => {
    const needs = [{ language: ' Dari ', slots: '18', at_once: '' }, { language: 'kmr', slots: '4', at_once: '2' }];
    const body = parentsDayBody(filled({ kind: 'parents_day', end: '18:00', needs }));
    expect(body.needs).toEqual([{ language: 'Dari', slots: 18 }, { language: 'kmr', slots: 4, at_once: 2 }]);
    expect([body.day, body.start, body.end]).toEqual(['2026-12-08', '10:00', '18:00']);
  });

  it('is looked at as soon as there is a time', () => {
    expect(checkable(begun('school'), NOW)).toBeUndefined();
    expect(checkable(filled({ institution: '' }), NOW)).toBeUndefined();
    expect(checkable(filled({ topic: '', seats: [newSeat()], urgent: true }), NOW)).toMatchObject({ topic: '', urgent: false });
    expect(checkableDay(filled({ kind: 'parents_day', end: '18:00' }), NOW)).toBeUndefined();
    const needs = [{ language: 'prs', slots: '4', at_once: '' }];
    expect(checkableDay(filled({ kind: 'parents_day', end: '18:00', needs }), NOW)).toBeDefined();
  });
});

describe('a form', () => {
  it('keeps nothing on the device that may be about a client', () => {
    const draft = filled({ note: 'n', urgency_reason: 'u', case_number: 'c' });
    expect(withoutWords(draft)).toMatchObject({ topic: '', note: '', urgency_reason: '', case_number: '', times: draft.times });
  });

  it('is worth keeping once something stands in it', () => {
    expect(isTouched(begun('school'))).toBe(false);
    expect(isTouched(filled({ topic: '', times: [{ day: '', start: '' }] }))).toBe(true);
  });

  it('begins with all of an earlier request but its times', () => {
    const earlier = {
      id: 'earlier', institution_id: 'school', sponsor_id: 'pool', topic: 'Elterngespräch', note: 'Noten', people_count: 3,
      consent_substitution: true, room: '12', contact_name: 'Büro', contact_phone: '', cost_centre: 'K1',
      times: [{ duration_minutes: 45 }],
      seats: [{ role: 'interpreter', language: null, language_written: 'Kurdisch', mode: 'video', gender: 'f', gender_hard: true }],
    } as unknown as Asked;
    const draft = copied(earlier);
    expect(draft).toMatchObject({ kind: 'single', minutes: 45, mode: 'video', people: '3', follow_up: 'earlier', room: '12', consent: true });
    expect(draft.seats).toEqual([{ role: 'interpreter', language: 'Kurdisch', gender: 'f', hard: true }]);
    expect(firstOpen(draft, NOW)).toBe('when');
  });
});

describe('what the service says', () => {
  const ID = '01a21f26-fb98-76e4-8d0c-f274d26c99a1';

  it('names requests that can be looked at, and no members', () => {
    expect(partsOf(`Am 8. ist schon etwas angefragt (${ID}).`)).toEqual([
      { text: 'Am 8. ist schon etwas angefragt', id: ID },
      { text: '.' },
    ]);
    expect(partsOf('Es fehlt eine Nummer (contact_phone).')).toEqual([{ text: 'Es fehlt eine Nummer.' }]);
    expect(partsOf('Ein Satz (wie dieser).')).toEqual([{ text: 'Ein Satz (wie dieser).' }]);
  });
});
