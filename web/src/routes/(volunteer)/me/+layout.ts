import { bring } from '$lib/texts/index.svelte';
import german from '$lib/texts/de/me';

export const load = () => bring('me', german);
