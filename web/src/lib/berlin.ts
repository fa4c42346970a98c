/**
 * The clock of Berlin, as it has gone since 1996. The rule is written here, as a slow phone takes a sixth of a
 * second to load the tables of its browser; the tests compare it with the zones of the platform.
 */
const HOUR_MS = 3_600_000;
const MARCH = 2;
const OCTOBER = 9;

/** A date whose UTC fields are what calendar and clock in Berlin show at this moment. */
export function inBerlin(at: Date): Date {
  return new Date(at.getTime() + ahead(at));
}

/**
 * Berlin is ahead of UTC by so many milliseconds: by two hours from the last Sunday of March to that of
 * October, both at 01:00 UTC, else by one. Source: directive 2000/84/EC and the Summer Time Ordinance.
 */
export function ahead(at: Date): number {
  const [begin, end] = [MARCH, OCTOBER].map((month) => changeIn(month, at.getUTCFullYear())) as [number, number];
  return begin <= at.getTime() && at.getTime() < end ? 2 * HOUR_MS : HOUR_MS;
}

/** When the clocks change in a month of 31 days. */
function changeIn(month: number, year: number): number {
  const last = new Date(Date.UTC(year, month, 31, 1));
  return last.getTime() - last.getUTCDay() * 24 * HOUR_MS;
}
