/** Where she does not go: kinds of institutions in groups, single places as a list. */
import type { components } from '$lib/schema';
import type { Key } from '$lib/texts/index.svelte';

export type Exclusion = components['schemas']['ExclusionRead'];

/** A kind of institution. */
export interface Topic {
  kind: string;
  german: string;
  english: string;
}

export interface Group {
  name: Key;
  topics: Topic[];
}

const GROUPS: { name: Key; kinds: string[] }[] = [
  {
    name: 'me.topics_schools',
    kinds: ['daycare', 'primary_school', 'comprehensive_school', 'secondary_school', 'vocational_school', 'special_school', 'school_office'],
  },
  { name: 'me.topics_health', kinds: ['doctor', 'hospital', 'therapy', 'health_office'] },
  { name: 'me.topics_law', kinds: ['police', 'court', 'lawyer', 'notary'] },
  {
    name: 'me.topics_offices',
    kinds: ['youth_office', 'social_office', 'citizens_office', 'jobcenter', 'employment_agency', 'immigration_office', 'bamf', 'registry_office', 'housing_office'],
  },
  {
    name: 'me.topics_advice',
    kinds: ['counselling', 'womens_counselling', 'shelter', 'family_centre', 'library', 'integration_course'],
  },
];

/** The kinds in groups; one that no group knows stands in the last. */
export function grouped(topics: Topic[]): Group[] {
  const known = new Set(GROUPS.flatMap((group) => group.kinds));
  const groups = GROUPS.map(({ name, kinds }) => ({ name, topics: topics.filter((one) => kinds.includes(one.kind)) }));
  const others = topics.filter((one) => !known.has(one.kind));
  return [...groups, { name: 'me.topics_other' as Key, topics: others }].filter((group) => group.topics.length);
}

/** How it stands with a kind: `office` is what only the office takes back. */
export type Standing = 'asked' | 'declined' | 'office';

export function standingOf(kind: string, rows: Exclusion[]): Standing {
  const found = rows.filter((row) => row.institution_kind === kind);
  if (found.some((row) => row.by_office)) return 'office';
  return found.length ? 'declined' : 'asked';
}

/** Single places, each once, however many of her pools it stands in. */
export function placesOf(rows: Exclusion[]): Exclusion[] {
  const places = rows.filter((row) => row.institution_id);
  return places.filter((row, at) => places.findIndex((one) => one.institution_id === row.institution_id) === at);
}

interface Asked {
  institution_id?: string | null;
  institution: string;
}

/** Where she was asked and may still be asked, by name. */
export function placesToName(offers: Asked[], rows: Exclusion[]): { id: string; name: string }[] {
  const left = new Map<string, string>();
  for (const { institution_id: id, institution } of offers) if (id) left.set(id, institution);
  for (const row of rows) if (row.institution_id) left.delete(row.institution_id);
  return [...left].map(([id, name]) => ({ id, name })).sort((one, other) => one.name.localeCompare(other.name, 'de'));
}
