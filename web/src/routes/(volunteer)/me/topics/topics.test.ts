import { describe, expect, it } from 'vitest';
import { grouped, placesOf, placesToName, standingOf, type Exclusion } from './topics';

function row(more: Partial<Exclusion>): Exclusion {
  return {
    id: 'x',
    sponsor_id: 's',
    institution_kind: '',
    kind_label: '',
    institution_id: null,
    institution: '',
    by_office: false,
    ...more,
  };
}

const topic = (kind: string) => ({ kind, german: kind, english: kind });

describe('kinds of institutions', () => {
  it('stand in groups, each once, in the order of the service', () => {
    const found = grouped([topic('doctor'), topic('daycare'), topic('hospital')]);
    expect(found.map((group) => group.name)).toEqual(['me.topics_schools', 'me.topics_health']);
    expect(found[1]?.topics.map((one) => one.kind)).toEqual(['doctor', 'hospital']);
  });

  it('that nobody knew when this was written are not lost', () => {
    const found = grouped([topic('spaceport'), topic('police')]);
    expect(found.map((group) => group.name)).toEqual(['me.topics_law', 'me.topics_other']);
    expect(found[1]?.topics.map((one) => one.kind)).toEqual(['spaceport']);
  });
});

describe('how it stands with a kind', () => {
  const rows = [
    row({ institution_kind: 'police' }),
    row({ institution_kind: 'court', by_office: true, sponsor_id: 'other' }),
    row({ institution_kind: 'court' }),
    row({ institution_id: 'i', institution: 'Nordschule' }),
  ];

  it.each([
    ['police', 'declined'],
    ['court', 'office'],
    ['daycare', 'asked'],
  ])('%s is %s', (kind, standing) => {
    expect(standingOf(kind, rows)).toBe(standing);
  });
});

describe('single places', () => {
  it('are named once, also where two pools hold them', () => {
    const rows = [
      row({ id: '1', institution_id: 'a', institution: 'Amt' }),
      row({ id: '2', institution_id: 'a', institution: 'Amt', sponsor_id: 'other' }),
      row({ id: '3', institution_kind: 'police' }),
    ];
    expect(placesOf(rows).map((one) => one.id)).toEqual(['1']);
  });

  it('can be named where she was asked, unless they are named already or hide', () => {
    const offers = [
      { institution_id: 'b', institution: 'Zentrum' },
      { institution_id: 'a', institution: 'Amt' },
      { institution_id: 'b', institution: 'Zentrum' },
      { institution_id: 'c', institution: 'Ärztehaus' },
      { institution_id: null, institution: 'Beratungsstelle' },
    ];
    const names = placesToName(offers, [row({ institution_id: 'a' })]).map((one) => one.name);
    expect(names).toEqual(['Ärztehaus', 'Zentrum']);
  });
});
