import { describe, expect, it } from 'vitest';
import { choices, EVENTS, read, write, type Wishes } from './wishes';

type Preferences = Parameters<typeof read>[0];
type Item = Preferences['items'][number];

function preferences(items: Item[], open: Preferences['open_channels'] = ['push', 'mail']): Preferences {
  return { items, open_channels: open, digest_at: '17:00' };
}

function wishes(more: Partial<Wishes> = {}, own: Partial<Wishes['own']> = {}): Wishes {
  const same = Object.fromEntries(EVENTS.map((event) => [event, '']));
  return { channel: 'mail', timing: 'now', ...more, own: { ...same, ...own } as Wishes['own'] };
}

const item = (event: Item['event'], channel: Item['channel'], digest = false): Item => ({ event, channel, digest });
const find = (items: Item[], event: string) => items.find((one) => one.event === event);

describe('who has said nothing', () => {
  it('hears by the first open way, at once', () => {
    expect(read(preferences([]))).toEqual(wishes({ channel: 'push' }));
    expect(read(preferences([], ['mail', 'sms']))).toEqual(wishes());
  });

  it('and whom nothing reaches is shown mail, which is what is missing', () => {
    expect(read(preferences([], [])).channel).toBe('mail');
    expect(choices(preferences([], []))).toEqual([]);
  });
});

describe('what was wished', () => {
  it.each([
    wishes(),
    wishes({ channel: 'sms' }),
    wishes({ channel: 'push', timing: 'news' }),
    wishes({ timing: 'all' }, { reminder: 'push', taken: 'none' }),
    wishes({ channel: 'push' }, { offer: 'sms', booked: 'none' }),
  ])('is read as it was written: %o', (one) => {
    expect(read(preferences(write(one, [])))).toEqual(one);
  });

  it('by the office for one event alone counts as an exception', () => {
    expect(read(preferences([item('offer', 'sms')])).own.offer).toBe('sms');
  });

  it('keeps a way open to choose that is not open now', () => {
    expect(choices(preferences([item('offer', 'sms')], ['mail']))).toEqual(['mail', 'sms']);
  });
});

describe('what is written', () => {
  it('gathers no questions with the news', () => {
    const items = write(wishes({ timing: 'news' }), []);
    expect(items.filter((one) => one.digest).map((one) => one.event)).toEqual([
      'cancelled', 'changed', 'reminder', 'booked', 'taken',
    ]);
  });

  it('gathers nothing that is switched off, which the service would refuse', () => {
    expect(find(write(wishes({ timing: 'all' }, { taken: 'none' }), []), 'taken')).toEqual(item('taken', 'none'));
  });

  it('sends the digest by mail where she takes SMS, and never gathered', () => {
    expect(find(write(wishes({ channel: 'sms', timing: 'all' }), []), 'digest')).toEqual(item('digest', 'mail'));
  });

  it('names each event once, and leaves those of an office alone', () => {
    const before = [item('task', 'none'), item('request', 'mail', true), item('digest', 'push'), item('offer', 'mail')];
    const events = write(wishes(), before).map((one) => one.event);
    expect(new Set(events).size).toBe(events.length);
    expect(find(write(wishes(), before), 'task')).toEqual(before[0]);
    expect(find(write(wishes(), before), 'request')).toEqual(before[1]);
  });
});
