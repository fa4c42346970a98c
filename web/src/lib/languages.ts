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

/** What a browser calls these by names of their own it does not know, or mixes up: by their country. */
const NAMED_AS: Record<string, string> = {
  apc: 'ar-SY', acm: 'ar-IQ', arz: 'ar-EG', ary: 'ar-MA', aeb: 'ar-TN', arq: 'ar-DZ', ayl: 'ar-LY', apd: 'ar-SD',
  acq: 'ar-YE', aln: 'sq-XK', pa: 'pa-IN', pnb: 'pa-PK',
};
/** Browsers say the name of a larger language for these: the name of the service stands. */
const UNKNOWN = ['kmr', 'rmy', 'tw'];

/** The name in a language that the service does not speak, where the browser knows it. */
export function nameOfBrowser(tag: string, locale: string): string | undefined {
  if (UNKNOWN.includes(tag) || !('DisplayNames' in Intl)) return undefined;
  try {
    return new Intl.DisplayNames([locale], { type: 'language', fallback: 'none' }).of(NAMED_AS[tag] ?? tag);
  } catch {
    return undefined;
  }
}

/** `Dari` of `prs`; the tag itself until the names are there. */
export function languageName(tag: string | null | undefined): string {
  const own = tag && speech.locale !== speech.service && nameOfBrowser(tag, speech.locale);
  if (own) return own;
  const found = known?.content?.find((one) => one.tag === tag);
  return found?.[speech.service === 'en' ? 'english' : 'german'] ?? tag ?? '';
}
