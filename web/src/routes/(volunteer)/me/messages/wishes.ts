/** How she wants to hear of things: two questions instead of a table of events and channels. */
import type { components } from '$lib/schema';

type Schemas = components['schemas'];
type Preference = Schemas['Preference'];
type Preferences = Schemas['PreferencesRead'];
export type Event = Preference['event'];
export type Channel = 'push' | 'mail' | 'sms';
export type Way = Channel | 'none';

/** When things come: `news` gathers all but questions, `all` also those that can wait. */
export type Timing = 'now' | 'news' | 'all';

/** What a volunteer hears of, the most pressing first. */
export const EVENTS = ['offer', 'standby', 'cancelled', 'changed', 'reminder', 'booked', 'taken'] as const;
export type Hers = (typeof EVENTS)[number];
const QUESTIONS: readonly string[] = ['offer', 'standby'];
const MAY_BE_OFF: readonly string[] = ['reminder', 'booked', 'taken'];

export interface Wishes {
  channel: Channel;
  timing: Timing;
  /** What comes another way than the rest; empty is the same way. */
  own: Record<Hers, Way | ''>;
}

const isHers = (event: Event) => (EVENTS as readonly string[]).includes(event);

export function mayBeOff(event: Hers): boolean {
  return MAY_BE_OFF.includes(event);
}

/** The ways to choose from: those that are open, and those that she has chosen. */
export function choices({ items, open_channels: open }: Preferences): Channel[] {
  const used = new Set<string>([...open, ...items.map((item) => item.channel)]);
  return (['push', 'mail', 'sms'] as const).filter((channel) => used.has(channel));
}

/** The way that the service takes first where she has said nothing. */
function usual({ open_channels: open }: Preferences): Channel {
  return (['push', 'mail', 'sms'] as const).find((channel) => open.includes(channel)) ?? 'mail';
}

/** The way that most of it comes, the first of two that are even. */
function commonest(ways: Way[]): Channel | undefined {
  const channels = ways.filter((way): way is Channel => way !== 'none');
  const count = (channel: Channel) => channels.filter((one) => one === channel).length;
  return channels.reduce<Channel | undefined>(
    (best, one) => (best === undefined || count(one) > count(best) ? one : best),
    undefined,
  );
}

function timingOf(items: Preference[]): Timing {
  const gathered = items.filter((item) => item.digest && isHers(item.event));
  if (gathered.some((item) => QUESTIONS.includes(item.event))) return 'all';
  return gathered.length ? 'news' : 'now';
}

/** What she has wished, as answers to the questions. */
export function read(preferences: Preferences): Wishes {
  const wayOf = (event: Hers): Way =>
    (preferences.items.find((item) => item.event === event)?.channel as Way | undefined) ?? usual(preferences);
  const channel = commonest(EVENTS.map(wayOf)) ?? usual(preferences);
  const own = Object.fromEntries(EVENTS.map((event) => [event, wayOf(event) === channel ? '' : wayOf(event)]));
  return { channel, timing: timingOf(preferences.items), own: own as Wishes['own'] };
}

function gathers(timing: Timing, event: Hers): boolean {
  return timing === 'all' || (timing === 'news' && !QUESTIONS.includes(event));
}

/** The answers as the service keeps them; what only an office hears of stays as it was. */
export function write(wishes: Wishes, before: Preference[]): Preference[] {
  const hers = EVENTS.map((event) => {
    const channel = wishes.own[event] || wishes.channel;
    return { event, channel, digest: channel !== 'none' && gathers(wishes.timing, event) };
  });
  const digest = { event: 'digest' as const, channel: wishes.channel === 'sms' ? 'mail' : wishes.channel, digest: false } as const;
  const others = before.filter((item) => !isHers(item.event) && item.event !== 'digest');
  return [...hers, digest, ...others];
}
