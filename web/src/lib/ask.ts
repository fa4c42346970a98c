/** Asking for help: what is written down step by step, what is missing, and what the service is told. */
import type { components } from './schema';
import { moment, plusDays } from './time';
import type { InstitutionKey } from './texts/index.svelte';

type Schemas = components['schemas'];
export type RequestBody = Schemas['RequestCreate'];
export type SeriesBody = Schemas['SeriesCreate'];
export type ParentsDayBody = Schemas['ParentsDayWrite'];
type NeedBody = ParentsDayBody['needs'][number];
export type Asked = Schemas['RequestRead'];

export const KINDS = ['single', 'series', 'team', 'parents_day'] as const;
export type Kind = (typeof KINDS)[number];
export const STEPS = ['kind', 'when', 'who', 'what', 'where', 'review'] as const;
export type Step = (typeof STEPS)[number];
export const MODES = ['on_site', 'phone', 'video'] as const;
export type Mode = (typeof MODES)[number];
export type Role = 'interpreter' | 'guide';
export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export const MINUTES = [30, 45, 60, 90, 120, 150, 180, 240];
export const SLOT_MINUTES = [10, 15, 20, 30];
export const MOST_TIMES = 3;
export const MOST_PEOPLE = 12;
const MOST_HELPED = 200;
const MOST_SLOTS = 200;
const MOST_DATES = 104;
const MOST_AT_ONCE = 20;
/** So far from the first time an alternative may lie. */
const APART_DAYS = 60;

export interface Time {
  day: string;
  start: string;
}

/** One person who is needed; `language` is a tag, or a name as it was typed. */
export interface Seat {
  role: Role;
  language: string;
  gender: '' | 'f' | 'm';
  hard: boolean;
}

/** How many talks of a parents' day need a language. */
export interface Need {
  language: string;
  slots: string;
  at_once: string;
  /** How well it has to be spoken: what the office has said stays. */
  min_level?: NeedBody['min_level'];
}

export interface Draft {
  kind: Kind;
  institution: string;
  pool: string;
  times: Time[];
  minutes: number;
  weekdays: Weekday[];
  every: number;
  ends: 'until' | 'count';
  until: string;
  count: string;
  skips_school: boolean;
  end: string;
  slot_minutes: number;
  pause: number;
  needs: Need[];
  seats: Seat[];
  people: string;
  consent: boolean;
  follow_up: string;
  same_person: boolean;
  topic: string;
  note: string;
  urgent: boolean;
  urgency_reason: string;
  case_number: string;
  mode: Mode;
  room: string;
  contact_name: string;
  contact_phone: string;
  cost_centre: string;
}

/** What is wrong with fields, as keys of the texts; the fields stand in their order. */
export type Mistakes = Record<string, InstitutionKey>;

export function newSeat(): Seat {
  return { role: 'interpreter', language: '', gender: '', hard: false };
}

export function newNeed(): Need {
  return { language: '', slots: '', at_once: '' };
}

/** A form as it begins. */
export function begun(institution = '', kind: Kind = 'single'): Draft {
  return {
    kind,
    institution,
    pool: '',
    times: [{ day: '', start: '' }],
    minutes: 60,
    weekdays: [],
    every: 1,
    ends: 'count',
    until: '',
    count: '10',
    skips_school: true,
    end: '',
    slot_minutes: 15,
    pause: 0,
    needs: [newNeed()],
    seats: [newSeat()],
    people: '1',
    consent: false,
    follow_up: '',
    same_person: false,
    topic: '',
    note: '',
    urgent: false,
    urgency_reason: '',
    case_number: '',
    mode: 'on_site',
    room: '',
    contact_name: '',
    contact_phone: '',
    cost_centre: '',
  };
}

/** A new form with everything of an earlier request but its times. */
export function copied(from: Asked): Draft {
  const seats = from.seats.map((seat) => ({
    role: seat.role as Role,
    language: seat.language ?? seat.language_written,
    gender: (seat.gender ?? '') as Seat['gender'],
    hard: seat.gender_hard,
  }));
  return {
    ...begun(from.institution_id, seats.length > 1 ? 'team' : 'single'),
    pool: from.sponsor_id,
    minutes: from.times[0]?.duration_minutes ?? 60,
    seats,
    mode: (from.seats[0]?.mode ?? 'on_site') as Mode,
    people: String(from.people_count),
    consent: from.consent_substitution,
    follow_up: from.id,
    topic: from.topic,
    note: from.note,
    room: from.room,
    contact_name: from.contact_name,
    contact_phone: from.contact_phone,
    cost_centre: from.cost_centre,
  };
}

export type Words = Pick<Draft, 'topic' | 'note' | 'urgency_reason' | 'case_number'>;

/** What is written freely, and may be about a client. */
export function wordsOf({ topic, note, urgency_reason, case_number }: Draft): Words {
  return { topic, note, urgency_reason, case_number };
}

/** What of a form may lie on a device: nothing that is written freely. */
export function withoutWords(draft: Draft): Draft {
  return { ...draft, topic: '', note: '', urgency_reason: '', case_number: '' };
}

/** Whether anything was filled in. */
export function isTouched(draft: Draft): boolean {
  const first = draft.times[0];
  const asks = draft.seats[0]?.language || draft.needs[0]?.language;
  return Boolean(first?.day || first?.start || asks || draft.topic || draft.note);
}

/** Who is asked for: one person, several at once, or nobody yet. */
export function seatsOf(draft: Draft): Seat[] {
  return draft.kind === 'team' ? draft.seats : draft.seats.slice(0, 1);
}

/** The first time and its alternatives; a series has one time, and its rule. */
function timesOf(draft: Draft): Time[] {
  return draft.kind === 'series' ? draft.times.slice(0, 1) : draft.times;
}

/** What is missing or cannot be in a step. */
export function mistakesOf(draft: Draft, step: Step, now: Date): Mistakes {
  switch (step) {
    case 'when':
      return draft.kind === 'parents_day' ? windowMistakes(draft, now) : whenMistakes(draft, now);
    case 'who':
      return draft.kind === 'parents_day' ? needMistakes(draft.needs) : whoMistakes(draft);
    case 'what':
      return whatMistakes(draft);
    case 'where':
      return whereMistakes(draft);
    default:
      return {};
  }
}

/** The first step in which something is missing; the last one where nothing is. */
export function firstOpen(draft: Draft, now: Date): Step {
  return STEPS.find((step) => Object.keys(mistakesOf(draft, step, now)).length) ?? 'review';
}

function whenMistakes(draft: Draft, now: Date): Mistakes {
  const found: Mistakes = {};
  const times = timesOf(draft);
  times.forEach((time, at) => {
    const wrong = timeMistake(time, times, at, now);
    if (wrong) found[`time_${at}`] = wrong;
  });
  return draft.kind === 'series' ? { ...found, ...seriesMistakes(draft) } : found;
}

function timeMistake(time: Time, times: Time[], at: number, now: Date): InstitutionKey | undefined {
  if (!time.day || !time.start) return 'ask.time_missing';
  if (moment(time.day, time.start) <= now) return 'ask.time_past';
  const before = times.slice(0, at);
  if (before.some((other) => other.day === time.day && other.start === time.start)) return 'ask.time_twice';
  const first = times[0]?.day;
  const isFar = first && (time.day > plusDays(first, APART_DAYS) || time.day < plusDays(first, -APART_DAYS));
  return isFar ? 'ask.time_far' : undefined;
}

function seriesMistakes(draft: Draft): Mistakes {
  const found: Mistakes = {};
  if (!draft.weekdays.length) found.weekdays = 'ask.weekdays_missing';
  const first = draft.times[0]?.day ?? '';
  if (draft.ends === 'until' && draft.until <= first) found.until = 'ask.until_wrong';
  const isFew = Number(draft.count) < 2;
  if (draft.ends === 'count' && (isFew || !isCount(draft.count, MOST_DATES))) found.count = 'ask.count_wrong';
  return found;
}

function windowMistakes(draft: Draft, now: Date): Mistakes {
  const time = draft.times[0] ?? { day: '', start: '' };
  const wrong = draft.end ? timeMistake(time, [time], 0, now) : 'ask.window_missing';
  if (wrong) return { time_0: wrong };
  return draft.end <= time.start ? { time_0: 'ask.window_order' } : {};
}

/** A whole number of this size, as it was typed. */
function isCount(typed: string, most: number): boolean {
  const n = Number(typed);
  return Number.isInteger(n) && n >= 1 && n <= most;
}

/** What is wrong with the languages of a parents' day. */
export function needMistakes(needs: Need[]): Mistakes {
  const found: Mistakes = {};
  needs.forEach((need, at) => {
    if (!need.language.trim()) found[`language_${at}`] = 'ask.language_missing';
    if (!isCount(need.slots, MOST_SLOTS)) found[`slots_${at}`] = 'ask.slots_missing';
    if (need.at_once.trim() && !isCount(need.at_once, MOST_AT_ONCE)) found[`at_once_${at}`] = 'ask.at_once_wrong';
    const isTwice = needs.slice(0, at).some((other) => other.language === need.language);
    if (isTwice && need.language) found[`language_${at}`] = 'ask.language_twice';
  });
  return found;
}

function whoMistakes(draft: Draft): Mistakes {
  const found: Mistakes = {};
  seatsOf(draft).forEach((seat, at) => {
    const needs = seat.role === 'interpreter' && !seat.language.trim();
    if (needs) found[`language_${at}`] = 'ask.language_missing';
  });
  if (!isCount(draft.people, MOST_HELPED)) found.people = 'ask.people_wrong';
  return found;
}

function whatMistakes(draft: Draft): Mistakes {
  const found: Mistakes = {};
  if (!draft.topic.trim()) found.topic = 'ask.topic_missing';
  const isOpen = draft.urgent && !draft.urgency_reason.trim() && draft.kind !== 'parents_day';
  if (isOpen) found.urgency_reason = 'ask.urgency_missing';
  return found;
}

function whereMistakes(draft: Draft): Mistakes {
  const found: Mistakes = {};
  if (!draft.institution) found.institution = 'ask.institution_missing';
  const isCall = draft.mode === 'phone' && draft.kind !== 'parents_day';
  if (isCall && !draft.contact_phone.trim()) found.contact_phone = 'ask.phone_missing';
  return found;
}

/** What every kind but a parents' day says besides its times. */
function detailsOf(draft: Draft) {
  return {
    institution_id: draft.institution || null,
    ...(draft.pool && { sponsor_id: draft.pool }),
    duration_minutes: draft.minutes,
    seats: seatsOf(draft).map((seat) => seatBody(seat, draft.mode)),
    topic: draft.topic.trim(),
    note: draft.note.trim(),
    urgent: draft.urgent,
    urgency_reason: draft.urgent ? draft.urgency_reason.trim() : '',
    people_count: Number(draft.people) || 1,
    case_number: draft.case_number.trim(),
    same_person_wished: wishesSame(draft),
    consent_substitution: draft.consent,
    ...contactOf(draft),
    cost_centre: draft.cost_centre.trim(),
    another: false,
  };
}

/** Whether the same person is wished: again in a series, or as at an earlier appointment. */
export function wishesSame(draft: Draft): boolean {
  return draft.same_person && (draft.kind === 'series' || Boolean(draft.follow_up));
}

function contactOf(draft: Draft) {
  return {
    contact_name: draft.contact_name.trim(),
    contact_phone: draft.contact_phone.trim(),
    room: draft.room.trim(),
  };
}

function seatBody(seat: Seat, mode: Mode): RequestBody['seats'][number] {
  return {
    role: seat.role,
    language: seat.language.trim(),
    mode,
    gender: seat.gender || null,
    gender_hard: Boolean(seat.gender) && seat.hard,
  };
}

/** One appointment, or a team's. */
export function requestBody(draft: Draft): RequestBody {
  return {
    ...detailsOf(draft),
    times: timesOf(draft).map(({ day, start }) => ({ day, start })),
    ...(draft.follow_up && { follow_up_of: draft.follow_up }),
    critical: false,
  };
}

/** Appointments that come back. */
export function seriesBody(draft: Draft): SeriesBody {
  const { day = '', start = '' } = draft.times[0] ?? {};
  return {
    ...detailsOf(draft),
    first_day: day,
    start,
    weekdays: WEEKDAYS.filter((weekday) => draft.weekdays.includes(weekday)),
    every_weeks: draft.every,
    ...(draft.ends === 'until' ? { until: draft.until } : { count: Number(draft.count) }),
    skip_school_holidays: draft.skips_school,
  };
}

/** A parents' day. */
export function parentsDayBody(draft: Draft): ParentsDayBody {
  const { day = '', start = '' } = draft.times[0] ?? {};
  return {
    needs: draft.needs.map(needBody),
    pause_minutes: draft.pause,
    institution_id: draft.institution || null,
    ...(draft.pool && { sponsor_id: draft.pool }),
    day,
    start,
    end: draft.end,
    slot_minutes: draft.slot_minutes,
    topic: draft.topic.trim(),
    note: draft.note.trim(),
    ...contactOf(draft),
    another: false,
  };
}

/** A language of a parents' day, as the service is told. */
export function needBody({ language, slots, at_once, min_level }: Need): NeedBody {
  return {
    language: language.trim(),
    slots: Number(slots),
    ...(at_once.trim() && { at_once: Number(at_once) }),
    ...(min_level && { min_level }),
  };
}

/** What can be looked at before everything is there, or nothing yet. */
export function checkable(draft: Draft, now: Date): RequestBody | undefined {
  const times = timesOf(draft);
  const isOpen = times.some((time, at) => timeMistake(time, times, at, now));
  if (isOpen || !draft.institution) return undefined;
  const body = requestBody(draft);
  // Without a reason it is not looked at as urgent.
  return body.urgency_reason ? body : { ...body, urgent: false };
}

/** A parents' day that can be looked at. */
export function checkableDay(draft: Draft, now: Date): ParentsDayBody | undefined {
  const wrong = { ...windowMistakes(draft, now), ...needMistakes(draft.needs) };
  return Object.keys(wrong).length || !draft.institution ? undefined : parentsDayBody(draft);
}

/** Words and the requests they name; names of members, as the service writes them, are left out. */
export function partsOf(said: string): { text: string; id?: string }[] {
  const plain = said.replace(/\s*\([a-z]+_[a-z_]+\)/g, '');
  const parts: { text: string; id?: string }[] = [];
  let from = 0;
  for (const found of plain.matchAll(/\s*\(([0-9a-f]{8}-[0-9a-f-]{27})\)/g)) {
    parts.push({ text: plain.slice(from, found.index), id: found[1] });
    from = found.index + found[0].length;
  }
  return from < plain.length ? [...parts, { text: plain.slice(from) }] : parts;
}
