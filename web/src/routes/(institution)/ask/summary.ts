/** A request in words, step by step, before it is sent. */
import { seatsOf, WEEKDAYS, wishesSame, type Draft, type Seat, type Step } from '$lib/ask';
import { languageName } from '$lib/languages';
import { oneLine } from '$lib/places';
import { day, duration, longDay, moment, noon, weekday } from '$lib/time';
import { speech, t, type InstitutionKey } from '$lib/texts/index.svelte';
import type { Institution } from '../readers';

export interface Fact {
  name: string;
  value: string;
  lang?: string;
}

/** What is said in each step; a name stands once in a step. */
export function summaryOf(draft: Draft, place: Institution | undefined): { step: Step; facts: Fact[] }[] {
  return [
    { step: 'when', facts: draft.kind === 'parents_day' ? windowFacts(draft) : whenFacts(draft) },
    { step: 'who', facts: draft.kind === 'parents_day' ? needFacts(draft) : whoFacts(draft) },
    { step: 'what', facts: whatFacts(draft) },
    { step: 'where', facts: whereFacts(draft, place) },
  ];
}

function atOf(time: { day: string; start: string }): string {
  return `${day(moment(time.day, time.start))}, ${time.start}`;
}

function whenFacts(draft: Draft): Fact[] {
  const [first, ...others] = draft.times;
  if (!first) return [];
  const when = { name: t('ask.fact_when'), value: t('ask.duration_at', { when: atOf(first), duration: duration(draft.minutes) }) };
  if (draft.kind === 'series') return [when, { name: t('ask.fact_dates'), value: seriesWords(draft) }];
  return [when, ...others.map((time, at) => ({ name: t('ask.time_other', { n: at + 1 }), value: atOf(time) }))];
}

/** `Jede Woche: Dienstag und Freitag` */
function seriesWords(draft: Draft): string {
  const names = WEEKDAYS.flatMap((name, at) => (draft.weekdays.includes(name) ? [weekday(at)] : []));
  const days = new Intl.ListFormat(speech.locale, { type: 'conjunction' }).format(names);
  return t('ask.every_on', { how: t('ask.every_n', { n: draft.every }), days });
}

function windowFacts(draft: Draft): Fact[] {
  const { day: on = '', start = '' } = draft.times[0] ?? {};
  return [
    { name: t('ask.fact_when'), value: on && `${longDay(noon(on))}, ${start}–${draft.end}` },
    { name: t('ask.slot'), value: duration(draft.slot_minutes) },
    { name: t('ask.pause'), value: draft.pause ? t('ask.pause_n', { n: draft.pause }) : t('ask.pause_0') },
  ];
}

function needFacts(draft: Draft): Fact[] {
  return draft.needs.map((need, at) => ({
    name: t('ask.need', { n: at + 1 }),
    value: t('ask.fact_need', { language: languageName(need.language), n: Number(need.slots) }),
  }));
}

function whoFacts(draft: Draft): Fact[] {
  const seats = seatsOf(draft);
  const isTeam = seats.length > 1;
  return [
    ...seats.map((seat, at) => ({
      name: isTeam ? t('ask.seat', { n: at + 1 }) : t('ask.fact_who'),
      value: seatWords(seat),
    })),
    { name: t('ask.fact_people'), value: t('ask.fact_people_n', { n: Number(draft.people) }) },
    { name: t('ask.before'), value: samePerson(draft) },
  ];
}

function samePerson(draft: Draft): string {
  if (!wishesSame(draft)) return '';
  return t(draft.kind === 'series' ? 'ask.same_series' : 'ask.same');
}

/** `Dolmetschen: Dari, am liebsten eine Frau` */
export function seatWords(seat: Seat): string {
  const language = languageName(seat.language);
  const what = seat.role === 'guide' && !language ? t('ask.guide_alone') : t(`ask.${seat.role}_of`, { language });
  if (!seat.gender) return what;
  const wish: InstitutionKey = `ask.${seat.hard ? 'must' : 'rather'}_${seat.gender}`;
  return `${what}, ${t(wish)}`;
}

function whatFacts(draft: Draft): Fact[] {
  return [
    { name: t('ask.topic'), value: draft.topic, lang: 'de' },
    { name: t('requests.note'), value: draft.note, lang: speech.locale },
    { name: t('ask.urgent'), value: draft.urgent ? draft.urgency_reason : '' },
    { name: t('requests.case'), value: draft.case_number },
    { name: t('requests.cost_centre'), value: draft.cost_centre },
  ];
}

function whereFacts(draft: Draft, place: Institution | undefined): Fact[] {
  const isThere = draft.kind === 'parents_day' || draft.mode === 'on_site';
  return [
    { name: t('ask.mode'), value: t(`ask.mode_${draft.kind === 'parents_day' ? 'on_site' : draft.mode}`) },
    { name: t('requests.place'), value: place?.name ?? '' },
    { name: t('ask.address'), value: isThere && place ? oneLine(place) : '' },
    { name: t('requests.room'), value: isThere ? draft.room : '' },
    { name: t('ask.fact_contact'), value: [draft.contact_name, draft.contact_phone].filter(Boolean).join(', ') },
  ];
}
