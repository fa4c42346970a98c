/** What went wrong, in words for people. */
import { Refused, Unreached } from './problem';
import { speech, t } from './texts/index.svelte';

export interface Words {
  text: string;
  lang: string;
}

/** The sentence of the service, where it said one, or that it cannot be reached. */
export function wordsOf(failure: unknown): Words {
  const isRefused = failure instanceof Refused;
  if (!isRefused && !(failure instanceof Unreached)) throw failure;
  const said = isRefused || failure.told?.type.startsWith('/problems/') ? failure.told?.detail : '';
  return said ? { text: said, lang: speech.service } : { text: t('app.unreached'), lang: speech.locale };
}
