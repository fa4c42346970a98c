/** What was asked for, in words. */
import type { Mode } from '$lib/ask';
import { date, duration } from '$lib/time';
import { t } from '$lib/texts/index.svelte';
import { seatWords } from '../../ask/summary';
import type { Asked } from '../reads';
import { placeOf, timeOf, whenOf } from '../standing';

interface Fact {
  name: string;
  value: string;
  lang?: string;
}

export function factsOf(one: Asked): Fact[] {
  return [...timeFacts(one), ...seatFacts(one), ...textFacts(one), ...placeFacts(one)];
}

function timeFacts(one: Asked): Fact[] {
  const time = timeOf(one);
  const others = time.chosen ? [] : one.times.filter((other) => other.id !== time.id);
  const when = t('ask.duration_at', { when: whenOf(time), duration: duration(time.duration_minutes) });
  return [
    { name: t('requests.when'), value: when },
    ...others.map((other, at) => ({ name: t('requests.or', { n: at + 1 }), value: whenOf(other) })),
  ];
}

function seatFacts(one: Asked): Fact[] {
  const isTeam = one.seats.length > 1;
  return [
    ...one.seats.map((seat, at) => ({
      name: isTeam ? t('ask.seat', { n: at + 1 }) : t('requests.wanted'),
      value: seatWords({
        role: seat.role as 'interpreter',
        language: seat.language ?? seat.language_written,
        gender: (seat.gender ?? '') as 'f',
        hard: seat.gender_hard,
      }),
    })),
    { name: t('requests.people'), value: t('ask.fact_people_n', { n: one.people_count }) },
    { name: t('requests.same'), value: one.same_person_wished ? t('requests.same_yes') : '' },
    { name: t('requests.instead'), value: one.consent_substitution ? t('requests.instead_yes') : '' },
  ];
}

function textFacts(one: Asked): Fact[] {
  return [
    { name: t('requests.topic'), value: one.topic, lang: 'de' },
    { name: t('requests.note'), value: one.note, lang: 'de' },
    { name: t('requests.urgent_why'), value: one.urgent ? one.urgency_reason : '', lang: 'de' },
  ];
}

function placeFacts(one: Asked): Fact[] {
  const mode = one.seats[0]?.mode as Mode | undefined;
  return [
    { name: t('requests.place'), value: placeOf(one) },
    { name: t('requests.mode'), value: mode ? t(`ask.mode_${mode}`) : '' },
    { name: t('requests.room'), value: one.room },
    { name: t('requests.contact'), value: [one.contact_name, one.contact_phone].filter(Boolean).join(', ') },
    { name: t('requests.cost_centre'), value: one.cost_centre },
    { name: t('requests.asked_on'), value: date(one.received_at) },
  ];
}
