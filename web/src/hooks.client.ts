/** What a page throws becomes an error page that says what to do. */
import type { HandleClientError } from '@sveltejs/kit';
import { wordsOf } from '$lib/failure';
import { Refused, Unreached } from '$lib/problem';

export const handleError: HandleClientError = ({ error, message }) => {
  if (!(error instanceof Refused || error instanceof Unreached)) return { message };
  const { text, lang } = wordsOf(error);
  return { message, said: text, lang };
};
