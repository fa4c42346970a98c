/**
 * Something that a page lets somebody say, and what became of it. It goes through the outbox and may
 * wait there; what is done with the service at once is an `Attempt`.
 */
import { onDestroy } from 'svelte';
import { outbox, say, strike, type Outcome } from './outbox.svelte';
import { newId } from './store';

type Wording = Parameters<typeof say>[2];

export class Deed<T = unknown> {
  busy = $state(false);
  outcome = $state.raw<Outcome<T>>();
  private gone = false;
  private id = '';

  /** Made while a component is set up: once it is gone, a refusal stays in the outbox to be read. */
  constructor() {
    onDestroy(() => (this.gone = true));
  }

  async say(path: string, body: unknown, words: Wording): Promise<Outcome<T>> {
    this.busy = true;
    this.id = newId();
    this.outcome = undefined;
    const outcome = await say<T>(path, body, { ...words, id: this.id });
    this.busy = false;
    // What the service said to this is shown by the page itself; all else is still to be read.
    if (outcome.is !== 'waiting' && !this.gone) await strike(this.id);
    return (this.outcome = outcome);
  }

  /** The same as it stands now: what waited may have been sent since, and its answer is not known here. */
  get standing(): Outcome<unknown> | undefined {
    if (this.outcome?.is !== 'waiting') return this.outcome;
    const left = outbox.find(this.id);
    if (left?.refusal) return { is: 'refused', told: left.refusal };
    return left && !left.word ? this.outcome : { is: 'taken', answer: undefined };
  }
}
