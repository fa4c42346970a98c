/**
 * The clock of Berlin, as it has gone since 1996. The rule is written here, as a slow phone takes a sixth of a
 * second to load the tables of its browser; the tests compare it with the zones of the platform.
 */
const HOUR_MS = 3_600_000;
/** So far ahead of UTC it is in summer, and in winter. */
export const SUMMER_MS = 2 * HOUR_MS;
export const WINTER_MS = HOUR_MS;
const MARCH = 2;
const OCTOBER = 9;

/** A date whose UTC fields are what calendar and clock in Berlin show at this moment. */
export function inBerlin(at: Date): Date {
  return new Date(at.getTime() + ahead(at));
}

/**
 * So far ahead it is at this moment: in summer from the last Sunday of March to that of October, both at
 * 01:00 UTC. Source: directive 2000/84/EC and the Summer Time Ordinance.
 */
export function ahead(at: Date): number {
  const [begin, end] = [MARCH, OCTOBER].map((month) => changeIn(month, at.getUTCFullYear())) as [number, number];
  return begin <= at.getTime() && at.getTime() < end ? SUMMER_MS : WINTER_MS;
}

/** When the clocks change in a month of 31 days. */
function changeIn(month: number, year: number): number {
  const last = new Date(Date.UTC(year, month, 31, 1));
  return last.getTime() - last.getUTCDay() * 24 * HOUR_MS;
}
