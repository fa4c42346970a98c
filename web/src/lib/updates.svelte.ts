/** The service worker: keeps the app on the device, and takes a new version when its owner says so. */
import { base } from '$app/paths';
import { dev } from '$app/environment';

const LOOK_EVERY_MS = 3_600_000;
const PATIENCE_MS = 4000;

class Updates {
  /** A newer version of the app is there and waits to be loaded. */
  waiting = $state.raw<ServiceWorker | null>(null);
  /** Another page has loaded the new version: this one goes over to it with its next address. */
  stale = $state(false);
  private asked = false;

  load = () => {
    this.asked = true;
    this.waiting?.postMessage('take-over');
    setTimeout(() => location.reload(), PATIENCE_MS);
  };

  /** A new service worker has taken over: whoever asked for it sees it, nobody else loses a form. */
  changed(): void {
    if (this.asked) location.reload();
    this.stale = true;
    this.waiting = null;
  }
}

export const updates = new Updates();

export function watchUpdates(): void {
  if (dev || !('serviceWorker' in navigator)) return;
  // The first one that takes over an open page has brought nothing new.
  let controlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (controlled) updates.changed();
    controlled = true;
  });
  navigator.serviceWorker
    .register(`${base}/service-worker.js`, { scope: `${base}/` })
    .then(follow)
    .catch(() => undefined);
}

function follow(registration: ServiceWorkerRegistration): void {
  const look = () => {
    if (navigator.serviceWorker.controller) updates.waiting = registration.waiting;
  };
  look();
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', look);
  });
  lookNowAndThen(registration);
}

/** An app on the home screen stays open for days: it asks for a new version when it is looked at. */
function lookNowAndThen(registration: ServiceWorkerRegistration): void {
  let looked = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || Date.now() - looked < LOOK_EVERY_MS) return;
    looked = Date.now();
    void registration.update().catch(() => undefined);
  });
}
