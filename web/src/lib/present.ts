/** The present moment, for what is said relative to it. */
import { createSubscriber } from 'svelte/reactivity';
import { actual } from './actual';

const STEP = 30_000;

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, STEP);
  document.addEventListener('visibilitychange', update);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', update);
  };
});

/** The moment it is now; whoever shows it is drawn again every half minute. */
export function present(): Date {
  subscribe();
  return actual();
}
