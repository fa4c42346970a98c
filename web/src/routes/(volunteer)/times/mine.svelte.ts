/** What a volunteer has said about her own time, and how she is asked. */
import { api, gotWithTag } from '$lib/api';
import { Kept } from '$lib/kept.svelte';
import { outbox } from '$lib/outbox.svelte';
import type { components } from '$lib/schema';
import { session } from '$lib/session.svelte';

export type Schemas = components['schemas'];
type Volunteer = Schemas['VolunteerRead'];
export type Availability = Schemas['AvailabilityRead'];
export type Absence = Schemas['AbsenceRead'];

const LIMITS = [
  'most_day_assignments',
  'most_day_minutes',
  'most_week_minutes',
  'most_travel_minutes',
  'long_days',
  'quiet_from',
  'quiet_to',
  'phone_only',
] as const;
export type Limits = Pick<Volunteer, (typeof LIMITS)[number]>;

export interface Mine {
  tag: string;
  availability: Availability;
  limits: Limits;
  /** What her pools allow, one row each. */
  pools: { day_assignments: number; week_minutes: number }[];
}

export function myId(): string {
  return session.me?.volunteer_id ?? '';
}

export const whose = () => ({ path: { volunteer_id: myId() } });

/** Her times; of her record nothing else stays here, and no reason why she is away is kept. */
export function mine(): Kept<Mine> {
  return new Kept(load, { name: 'times', strip: withoutReasons });
}

async function load(): Promise<Mine> {
  const her = await gotWithTag(api.GET('/api/v1/volunteers/{volunteer_id}', { params: whose() }));
  return {
    tag: her.tag,
    availability: her.availability,
    limits: limitsOf(her),
    pools: her.enrolments.map(({ day_assignments, week_minutes }) => ({ day_assignments, week_minutes })),
  };
}

export function limitsOf(her: Volunteer): Limits {
  return Object.fromEntries(LIMITS.map((name) => [name, her[name]])) as Limits;
}

function withoutReasons(her: Mine): Mine {
  const absences = her.availability.absences.map((one) => ({ ...one, reason: '' }));
  return { ...her, availability: { ...her.availability, absences } };
}

/** Read again whenever the outbox has delivered something. */
export function follow(kept: Kept<unknown>): void {
  let seen = outbox.taken;
  $effect(() => {
    if (outbox.taken === seen) return;
    seen = outbox.taken;
    void kept.refresh();
  });
}
