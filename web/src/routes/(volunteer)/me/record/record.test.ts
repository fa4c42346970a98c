import { describe, expect, it } from 'vitest';
import { byDay, type Entry } from './record';

const entry = (id: string, at: string, sentence = id): Entry => ({
  id,
  at,
  who: 'office',
  sponsor: 'S',
  action: 'volunteer.read',
  sentence,
});

describe('the entries of her record', () => {
  it('stand by day, the newest first', () => {
    const days = byDay([
      entry('a', '2026-11-25T10:00:00Z'),
      entry('b', '2026-11-27T08:00:00Z'),
      entry('c', '2026-11-27T09:00:00Z'),
    ]);
    expect(days.map((one) => one.day)).toEqual(['2026-11-27', '2026-11-25']);
    expect(days[0]?.lines.map((one) => one.id)).toEqual(['c', 'b']);
  });

  it('belong to the day in Berlin: half past eleven at night in UTC is tomorrow', () => {
    const days = byDay([entry('a', '2026-11-25T22:30:00Z', 'same'), entry('b', '2026-11-25T23:30:00Z', 'same')]);
    expect(days.map((one) => [one.day, one.lines.length])).toEqual([['2026-11-26', 1], ['2026-11-25', 1]]);
  });

  it('say the same thing in a row once, from when to when and how often', () => {
    const [day] = byDay([
      entry('a', '2026-11-27T08:00:00Z', 'read'),
      entry('b', '2026-11-27T09:00:00Z', 'changed'),
      entry('c', '2026-11-27T10:00:00Z', 'read'),
      entry('d', '2026-11-27T11:00:00Z', 'read'),
    ]);
    expect(day?.lines).toEqual([
      { id: 'd', sentence: 'read', first: '2026-11-27T10:00:00Z', last: '2026-11-27T11:00:00Z', times: 2 },
      { id: 'b', sentence: 'changed', first: '2026-11-27T09:00:00Z', last: '2026-11-27T09:00:00Z', times: 1 },
      { id: 'a', sentence: 'read', first: '2026-11-27T08:00:00Z', last: '2026-11-27T08:00:00Z', times: 1 },
    ]);
  });

  it('are no days where there are none', () => {
    expect(byDay([])).toEqual([]);
  });
});
