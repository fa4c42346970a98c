import { bring } from '$lib/texts/index.svelte';
import german from '$lib/texts/de/entry';

export const load = () => bring('entry', german);
