import { describe, expect, it } from 'vitest';
import { confirmBody, disputeBody, minutesOf, mistakesOf, word } from './hours';

describe('a word about hours', () => {
  it.each([['60', 60], [' 0 ', 0], ['٤٥', 45], ['600', 600], ['601', undefined], ['', undefined], ['1:30', undefined], ['-5', undefined]])(
    '%j are %j minutes',
    (typed, minutes) => expect(minutesOf(typed)).toBe(minutes),
  );

  it('needs minutes and a reason where it was otherwise', () => {
    expect(mistakesOf({ ...word(60), minutes: 'viel', reason: 'ab' })).toEqual({
      minutes: 'requests.confirm_minutes_wrong',
      reason: 'requests.confirm_why_missing',
    });
    expect(mistakesOf({ ...word(60), reason: 'Es war kürzer' })).toEqual({});
  });

  it('says how it was only where somebody said so, and why only of what was poor', () => {
    expect(confirmBody(60, word(60))).toEqual({ minutes: 60, reason: '', feedback_note: '' });
    const good = { ...word(60), feedback: 'good' as const, feedback_note: 'früher geschrieben' };
    expect(confirmBody(60, good)).toMatchObject({ feedback: 'good', feedback_note: '' });
    expect(confirmBody(60, { ...good, feedback: 'poor' })).toMatchObject({ feedback_note: 'früher geschrieben' });
  });

  it('confirms what was reported, and disputes with what was typed', () => {
    const said = { ...word(60), minutes: '30', reason: ' Es war kürzer ', outcome: 'cut_short' as const };
    expect(confirmBody(60, said).minutes).toBe(60);
    expect(disputeBody(said)).toMatchObject({ minutes: 30, reason: 'Es war kürzer', outcome: 'cut_short' });
    expect(disputeBody({ ...said, outcome: '' }).outcome).toBeNull();
  });
});
