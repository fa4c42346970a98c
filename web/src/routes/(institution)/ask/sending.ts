/** Sending a request: once, however often the button is tapped or the network breaks. */
import { base } from '$app/paths';
import { api, got } from '$lib/api';
import { parentsDayBody, requestBody, seriesBody, type Draft } from '$lib/ask';
import { newId } from '$lib/store';

export class Sending {
  private key = '';
  private sent = '';

  /** Send it, and tell the page on which it can be seen. */
  async send(draft: Draft, another: boolean): Promise<string> {
    const params = { header: { 'Idempotency-Key': this.keyOf(JSON.stringify([draft, another])) } };
    if (draft.kind === 'series') {
      const body = { ...seriesBody(draft), another };
      const made = await got(api.POST('/api/v1/series', { params, body }));
      return `${base}/requests/series/${made.id}?sent`;
    }
    if (draft.kind === 'parents_day') {
      const body = { ...parentsDayBody(draft), another };
      const made = await got(api.POST('/api/v1/parents-days', { params, body }));
      return `${base}/requests/parents-days/${made.id}?sent`;
    }
    const body = { ...requestBody(draft), another };
    const made = await got(api.POST('/api/v1/requests', { params, body }));
    return `${base}/requests/${made.id}?sent`;
  }

  /** The same content has the same key, so that it is taken once. */
  private keyOf(content: string): string {
    if (content !== this.sent) this.key = newId();
    this.sent = content;
    return this.key;
  }
}
