/** What pages read, and which of it this device keeps to be read without network. */
import { api, got } from './api';
import { Kept } from './kept.svelte';
import type { components } from './schema';
import { session } from './session.svelte';
import { speech } from './texts/index.svelte';

type Schemas = components['schemas'];
export type Appointment = Schemas['AssignmentRead'];
export type Offer = Schemas['OfferRead'];
export type Standby = Schemas['StandbyRead'];
export type ServiceRecord = Schemas['ServiceRecordRead'];

/** So many rows a page of the service holds at most. */
const MOST = 200;

interface Paged<T> {
  items: T[];
  next?: string | null;
}

/** Every row of a list, page after page. */
export async function all<T>(read: (cursor?: string) => Promise<Paged<T>>): Promise<T[]> {
  const rows: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    rows.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor);
  return rows;
}

const byStart = <R extends { starts_at: string }>(rows: R[]) =>
  rows.sort((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at));

/** What somebody wrote about an appointment may be about a client: it stays at the service. */
function withoutNote(rows: Appointment[]): Appointment[] {
  return withoutTopic(rows).map((row) =>
    row.contact ? { ...row, contact: { ...row.contact, note: '' } } : row,
  );
}

/** The same of the occasion, which is written freely. */
function withoutTopic<R extends { topic: string }>(rows: R[]): R[] {
  return rows.map((row) => ({ ...row, topic: '' }));
}

/** Her booked appointments of the last two weeks and all that come, the earliest first; `app.html` asks the same. */
export function appointments(): Kept<Appointment[]> {
  const from = `${new Date(Date.now() - 14 * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;
  const load = () =>
    all((cursor) => got(api.GET('/api/v1/assignments', { params: { query: { from, limit: MOST, cursor } } })));
  return new Kept(async () => byStart(await load()), { name: 'appointments', strip: withoutNote });
}

let asked: { account: string; kept: Kept<Offer[]> } | undefined;

/** The questions to her that nobody has answered, the earliest first: one read for every page. */
export function offers(): Kept<Offer[]> {
  const account = session.me?.account_id ?? '';
  if (asked?.account !== account) {
    const load = async () => byStart(await offersWith('pending'));
    asked = { account, kept: new Kept(load, { name: 'offers', strip: withoutTopic }) };
  } else if (!asked.kept.loading) void asked.kept.refresh();
  return asked.kept;
}

/** Questions whose appointment lay in the last two weeks or is to come, and that are settled; the latest first. */
export function settledOffers(): Kept<Offer[]> {
  const since = Date.now() - 14 * 86_400_000;
  const isSettled = (one: Offer) => one.state !== 'pending' && Date.parse(one.starts_at) > since;
  const load = async () => byStart((await offersWith()).filter(isSettled)).reverse();
  return new Kept(load, { name: 'settled_offers', strip: withoutTopic });
}

function offersWith(state?: 'pending'): Promise<Offer[]> {
  return all((cursor) => got(api.GET('/api/v1/offers', { params: { query: { state, limit: MOST, cursor } } })));
}

/** Where she was asked to stand by, or does, from today on. */
export function standbys(): Kept<Standby[]> {
  const read = (cursor?: string) =>
    got(api.GET('/api/v1/standbys', { params: { query: { limit: MOST, cursor } } }));
  const isToCome = (one: Standby) => Date.parse(one.ends_at) > Date.now();
  return new Kept(async () => byStart((await all(read)).filter(isToCome)), { name: 'standbys' });
}

export type Site = Schemas['SiteRead'];

/** Who runs the service, how to reach them, and what they have to say to everybody. */
export function site(): Kept<Site> {
  const withoutDemo = (read: Site) => ({ ...read, demo: false, demo_accounts: [], demo_password: '' });
  return new Kept(() => got(api.GET('/api/v1/site')), {
    get name() {
      return `site.${speech.service}`;
    },
    strip: withoutDemo,
    forAll: true,
  });
}
