import { bring } from '$lib/texts/index.svelte';
import records from '$lib/texts/de/records';
import volunteer from '$lib/texts/de/volunteer';

/** What waits is told in the words of the pages where it was said. */
export const load = () => Promise.all([bring('volunteer', volunteer), bring('records', records)]);
