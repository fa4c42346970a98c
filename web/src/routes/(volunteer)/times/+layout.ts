import { bring } from '$lib/texts/index.svelte';
import german from '$lib/texts/de/records';

export const load = () => bring('records', german);
