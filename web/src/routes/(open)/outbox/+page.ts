import { bring } from '$lib/texts/index.svelte';
import german from '$lib/texts/de/volunteer';

/** What waits is told in the words of the pages where it was said. */
export const load = () => bring('volunteer', german);
