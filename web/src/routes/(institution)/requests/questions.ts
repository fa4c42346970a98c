/** What the office still has to clear up, in words. */
import { t, type InstitutionKey } from '$lib/texts/index.svelte';

const FIELDS: Record<string, InstitutionKey> = {
  topic: 'requests.topic',
  note: 'requests.note',
  urgency_reason: 'requests.urgent_why',
};

/** What an open question means for the institution. */
function questionOf(code: string, isDraft: boolean): string {
  const [kind = '', ...rest] = code.split(':');
  const about = rest.join(':');
  if (kind === 'language') {
    return about ? t('requests.question_language', { written: about }) : t('requests.question_language_none');
  }
  if (kind === 'policy') return t('requests.question_policy');
  if (kind === 'gender') return t('requests.question_gender');
  const field = FIELDS[about];
  if (kind === 'personal_data' && field) {
    return t(isDraft ? 'ask.personal_in' : 'requests.question_personal', { field: t(field) });
  }
  return t('requests.question_other');
}

/** Open questions in words, each once; `isDraft` while nothing was sent. */
export function questionsOf(codes: string[], isDraft = false): string[] {
  return [...new Set(codes.map((code) => questionOf(code, isDraft)))];
}
