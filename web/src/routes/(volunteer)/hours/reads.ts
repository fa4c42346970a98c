/** What the pages about hours read; only what is still to be reported is kept on the device. */
import { api, got, gotWithTag } from '$lib/api';
import { Kept } from '$lib/kept.svelte';
import { all, type Appointment, type ServiceRecord } from '$lib/reads';
import type { components } from '$lib/schema';

export type Activity = components['schemas']['ActivityRead'];
export type Recorded = ServiceRecord & { tag: string };

const MOST = 200;

/** Hours she has reported: at an appointment, or of a kind without one. */
export interface Reported {
  id: string;
  /** The page that says more, below that of the hours. */
  to: string;
  place?: string;
  kind?: string;
  started_at: string;
  ended_at: string;
  minutes: number;
  state: string;
  isDoubtful: boolean;
}

/** All that she has reported, in any order. */
export function reported(): Kept<Reported[]> {
  return new Kept(async () => {
    const [records, others] = await Promise.all([all(readRecords), all(readActivities)]);
    return [
      ...records.map((one) => ({ ...known(one), to: one.assignment_id, place: one.institution })),
      ...others.map((one) => ({ ...known(one), to: 'activity', kind: one.kind })),
    ];
  });
}

function known(one: ServiceRecord | Activity) {
  const { id, started_at, ended_at, minutes, state } = one;
  return { id, started_at, ended_at, minutes, state, isDoubtful: one.doubts.length > 0 };
}

const readRecords = (cursor?: string) =>
  got(api.GET('/api/v1/service-records', { params: { query: { limit: MOST, cursor } } }));

const readActivities = (cursor?: string) =>
  got(api.GET('/api/v1/activities', { params: { query: { limit: MOST, cursor } } }));

export interface Report {
  appointment: Appointment;
  record?: Recorded;
}

/** One appointment, and what was reported of it with the version that a correction has to name. */
export function report(id: string): Kept<Report> {
  return new Kept(async () => {
    const path = { assignment_id: id };
    const appointment = await got(api.GET('/api/v1/assignments/{assignment_id}', { params: { path } }));
    return { appointment, ...(appointment.record_id && { record: await recorded(appointment.record_id) }) };
  });
}

function recorded(id: string): Promise<Recorded> {
  const path = { record_id: id };
  return gotWithTag(api.GET('/api/v1/service-records/{record_id}', { params: { path } }));
}

/** Hours without an appointment, her own. */
export function activities(): Kept<Activity[]> {
  return new Kept(() => all(readActivities));
}
