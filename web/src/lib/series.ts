/** The dates of a series, before it is sent: what the rule says, and what holidays leave of it. */
import { WEEKDAYS, type Draft } from './ask';
import { plusDays } from './time';

export interface Holidays {
  public: { day: string; name: string }[];
  school: { first: string; last: string; name: string }[];
}

export interface SeriesDates {
  days: string[];
  /** Days of the rule on which nothing takes place, and the name of the holiday. */
  left_out: { day: string; name: string }[];
}

/** No series goes on longer than this. */
const MOST_WEEKS = 105;

/** The days of a series as the service makes them: holidays count and are left out. */
export function seriesDates(draft: Draft, holidays: Holidays): SeriesDates {
  const found: SeriesDates = { days: [], left_out: [] };
  for (const day of namedDays(draft)) {
    const name = holidayOn(day, holidays, draft.skips_school);
    if (name) found.left_out.push({ day, name });
    else found.days.push(day);
  }
  return found;
}

function holidayOn(day: string, holidays: Holidays, withSchool: boolean): string | undefined {
  const closed = holidays.public.find((one) => one.day === day);
  const school = withSchool ? holidays.school.find((one) => one.first <= day && day <= one.last) : undefined;
  return (closed ?? school)?.name;
}

/** Every day that the rule names, holidays as well. */
export function namedDays(draft: Draft): string[] {
  const first = draft.times[0]?.day;
  if (!first || !draft.weekdays.length) return [];
  const monday = plusDays(first, -weekdayOf(first));
  const most = draft.ends === 'count' ? Number(draft.count) || 0 : Infinity;
  const days: string[] = [];
  for (let week = 0; week < MOST_WEEKS; week += draft.every) {
    for (const name of WEEKDAYS.filter((one) => draft.weekdays.includes(one))) {
      const day = plusDays(monday, week * 7 + WEEKDAYS.indexOf(name));
      const isOver = days.length >= most || (draft.ends === 'until' && day > draft.until);
      if (isOver) return days;
      if (day >= first) days.push(day);
    }
  }
  return days;
}

/** Monday is 0. */
export function weekdayOf(day: string): number {
  return (new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7;
}

/** The last day of a series, as far as its rule says. */
export function lastDay(draft: Draft): string {
  const days = namedDays(draft);
  return days[days.length - 1] ?? '';
}
