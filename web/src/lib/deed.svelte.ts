/** Something that a page lets somebody say, and what became of it. */
import { onDestroy } from 'svelte';
import { outbox, say, strike, type Outcome } from './outbox.svelte';

type Wording = Parameters<typeof say>[2];

export class Deed<T = unknown> {
  busy = $state(false);
  outcome = $state.raw<Outcome<T>>();
  private gone = false;
  private path = '';

  /** Made while a component is set up: once it is gone, a refusal stays in the outbox to be read. */
  constructor() {
    onDestroy(() => (this.gone = true));
  }

  async say(path: string, body: unknown, words: Wording): Promise<Outcome<T>> {
    this.busy = true;
    this.path = path;
    this.outcome = undefined;
    const before = outbox.refused.map((entry) => entry.id);
    const outcome = await say<T>(path, body, words);
    this.busy = false;
    if (outcome.is === 'refused' && !this.gone) await this.read(path, before);
    return (this.outcome = outcome);
  }

  /** The same as it stands now: what waited may have been sent since, and its answer is not known here. */
  get standing(): Outcome<unknown> | undefined {
    if (this.outcome?.is !== 'waiting') return this.outcome;
    const left = outbox.entries.find((entry) => entry.path === this.path);
    if (left?.refusal) return { is: 'refused', told: left.refusal };
    return left ? this.outcome : { is: 'taken', answer: undefined };
  }

  /** What was refused is shown by the page itself; what was refused before is still to be read. */
  private async read(path: string, before: string[]): Promise<void> {
    for (const entry of outbox.refused) {
      if (entry.path === path && !before.includes(entry.id)) await strike(entry.id);
    }
  }
}
