/** Names of languages, as the service has them. */
import { api, got } from './api';
import { Kept } from './kept.svelte';
import { speech } from './texts/index.svelte';

/** A language, and what it is called. */
export interface Language {
  tag: string;
  german: string;
  english: string;
  own_name: string;
  /** The language it is a variety of. */
  variety_of?: string | null;
  /** Languages that may be spoken instead where whoever is helped agrees. */
  with_consent?: string[];
}

/** More than the table holds; without it the service suggests a few. */
const MOST = 200;

let known: Kept<Language[]> | undefined;

async function load(): Promise<Language[]> {
  const rows = await got(api.GET('/api/v1/languages', { params: { query: { limit: MOST } } }));
  return rows.map(({ tag, german, english, own_name, variety_of, substitutes }) => {
    const with_consent = substitutes.filter((one) => one.needs_consent).map((one) => one.tag);
    return { tag, german, english, own_name, variety_of, with_consent };
  });
}

/** Every language that is spoken here, read once; ask for it while a component is set up. */
export function languages(): Kept<Language[]> {
  if (known?.away) void known.refresh();
  return (known ??= new Kept(load, { name: 'languages', forAll: true }));
}

/** `Dari` of `prs`; the tag itself until the names are there. */
export function languageName(tag: string | null | undefined): string {
  const found = known?.content?.find((one) => one.tag === tag);
  return found?.[speech.service === 'en' ? 'english' : 'german'] ?? tag ?? '';
}
