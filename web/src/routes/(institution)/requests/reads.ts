/** What an institution reads of its requests: who comes, how far they are, what is to be confirmed. */
import { api, got, gotWithTag } from '$lib/api';
import { Kept } from '$lib/kept.svelte';
import { all, type Appointment, type ServiceRecord } from '$lib/reads';
import type { components } from '$lib/schema';
import { isoDay, plusDays } from '$lib/time';

type Schemas = components['schemas'];
export type Asked = Schemas['RequestRead'];
export type Series = Schemas['SeriesDetail'] & { tag: string };
export type ParentsDay = Schemas['ParentsDayRead'] & { tag: string };

const MOST = 200;
/** So far back the list reaches by itself. */
const BACK_DAYS = 42;
/** So far back somebody may have been there before. */
const BEFORE_DAYS = 180;
const DAY_MS = 86_400_000;

/** Requests of the last weeks and to come, who goes there, and hours that wait to be confirmed. */
export interface Overview {
  requests: Asked[];
  bookings: Appointment[];
  records: ServiceRecord[];
}

export function overview(): Kept<Overview> {
  const since = plusDays(isoDay(new Date()), -BACK_DAYS);
  const load = async () => {
    const [requests, bookings, records] = await Promise.all([
      requestsOf({ first_day: since }),
      bookingsFrom(since),
      unconfirmed(),
    ]);
    return { requests, bookings, records };
  };
  return new Kept(load, { name: 'requests', strip: withoutWords });
}

/** What was written freely may be about a client, and stays at the service. */
function withoutWords({ requests, bookings, records }: Overview): Overview {
  return {
    requests: requests.map((one) => ({ ...one, topic: '', note: '', urgency_reason: '' })),
    bookings: bookings.map((one) => ({ ...one, topic: '' })),
    records: records.map((one) => ({ ...one, reason: '' })),
  };
}

type Filter = { first_day?: string; last_day?: string; state?: Schemas['RequestState'] };

function requestsOf(filter: Filter): Promise<Asked[]> {
  return all((cursor) =>
    got(api.GET('/api/v1/requests', { params: { query: { ...filter, limit: MOST, cursor } } })),
  );
}

function bookingsFrom(day: string, until?: string): Promise<Appointment[]> {
  const query = { from: `${day}T00:00:00Z`, ...(until && { to: `${until}T23:59:59Z` }), limit: MOST };
  return all((cursor) => got(api.GET('/api/v1/assignments', { params: { query: { ...query, cursor } } })));
}

/** Hours that somebody has reported and nobody has confirmed, the oldest first. */
export async function unconfirmed(): Promise<ServiceRecord[]> {
  const rows = await all((cursor) =>
    got(api.GET('/api/v1/service-records', { params: { query: { state: 'reported', limit: MOST, cursor } } })),
  );
  return rows.sort((one, other) => Date.parse(one.started_at) - Date.parse(other.started_at));
}

/** Requests before those of the overview, a year at a time. */
export function older(): Kept<Overview> {
  const last = plusDays(isoDay(new Date()), -BACK_DAYS - 1);
  const since = plusDays(last, -365);
  return new Kept(async () => {
    const [requests, bookings] = await Promise.all([
      requestsOf({ first_day: since, last_day: last }),
      bookingsFrom(since, last),
    ]);
    return { requests, bookings, records: [] };
  });
}

/** What took place in the last half year, the latest first; with `id` that request as well. */
export async function earlier(id: string): Promise<Asked[]> {
  const since = plusDays(isoDay(new Date()), -BEFORE_DAYS);
  const [done, closed, named] = await Promise.all([
    requestsOf({ state: 'done', first_day: since }),
    requestsOf({ state: 'closed', first_day: since }),
    id ? one(id).then((found) => [found]) : [],
  ]);
  const rows = [...done, ...closed];
  const others = named.filter((found) => rows.every((row) => row.id !== found.id));
  return [...rows, ...others].sort((a, b) => startOf(b) - startOf(a));
}

const startOf = (one: Asked) => Date.parse(one.times[0]?.starts_at ?? one.received_at);

function one(request_id: string): Promise<Asked> {
  return got(api.GET('/api/v1/requests/{request_id}', { params: { path: { request_id } } }));
}

/** One request with the version that a change of it names, who goes there, and their hours. */
export interface Whole {
  request: Asked & { tag: string };
  bookings: Appointment[];
  records: ServiceRecord[];
}

export function whole(request_id: string): Kept<Whole> {
  return new Kept(async () => {
    const request = await gotWithTag(api.GET('/api/v1/requests/{request_id}', { params: { path: { request_id } } }));
    const bookings = await bookingsOf(request);
    return { request, bookings, records: await recordsOf(bookings) };
  });
}

/** Bookings around the times of a request; one that was moved has older ones elsewhere. */
async function bookingsOf(request: Asked): Promise<Appointment[]> {
  const moments = request.times.map((time) => Date.parse(time.starts_at));
  const from = isoDay(new Date(Math.min(...moments) - DAY_MS));
  const to = isoDay(new Date(Math.max(...moments) + DAY_MS));
  const rows = await bookingsFrom(from, to);
  return rows.filter((row) => row.request_id === request.id);
}

function recordsOf(bookings: Appointment[]): Promise<ServiceRecord[]> {
  const ids = bookings.flatMap((row) => (row.record_id ? [row.record_id] : []));
  const read = (record_id: string) =>
    got(api.GET('/api/v1/service-records/{record_id}', { params: { path: { record_id } } }));
  return Promise.all(ids.map(read));
}

export function series(series_id: string): Kept<Series> {
  return new Kept(() => gotWithTag(api.GET('/api/v1/series/{series_id}', { params: { path: { series_id } } })));
}

export function parentsDay(parents_day_id: string): Kept<ParentsDay> {
  const params = { path: { parents_day_id } };
  return new Kept(() => gotWithTag(api.GET('/api/v1/parents-days/{parents_day_id}', { params })));
}
