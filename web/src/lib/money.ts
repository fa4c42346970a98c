/** Amounts: cents everywhere, shown as `20,00 €`. */
import { speech } from './texts/index.svelte';

export function euro(cents: number): string {
  return new Intl.NumberFormat(`${speech.locale}-u-nu-latn`, { style: 'currency', currency: 'EUR' }).format(
    cents / 100,
  );
}
