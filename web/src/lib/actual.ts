/** What time it really is: the clock of a telephone may be hours wrong, that of the service is not. */

/** Answers take their time, and say the moment to the second only. */
const TOLERATED_MS = 60_000;

/** So much the clock of this device is ahead of the service's; less than nothing where it is behind. */
let ahead = 0;

/** The service has just answered, at the moment that its answer names. */
export function compare(response: Response): void {
  const there = Date.parse(response.headers.get('Date') ?? '');
  // What a cache has kept names a moment that is over.
  const isNew = response.headers.get('Cache-Control')?.includes('no-store');
  if (!isNew || Number.isNaN(there)) return;
  const apart = Date.now() - there;
  ahead = Math.abs(apart) < TOLERATED_MS ? 0 : apart;
}

/** The moment it is, as far as the service has told. */
export function actual(): Date {
  return new Date(Date.now() - ahead);
}
