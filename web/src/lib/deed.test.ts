import { IDBFactory } from 'fake-indexeddb';
import type { Component } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { newPage, refusal, Service } from './testing';

const WORDS = { what: 'outbox.title' } as const;
const CODED = { status: 201, body: { code: { accepted: false, message: 'Der Code stimmt nicht.' } } };
vi.setConfig({ testTimeout: 30_000 });

let service: Service;
let path: string;

beforeEach(async () => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  service = await new Service().open();
  path = `${service.origin}/api/v1/service-records`;
});

afterEach(async () => {
  await service.close();
  vi.unstubAllGlobals();
});

/** A page that lets her say something. */
async function opened() {
  const page = await newPage(service);
  await page.begin();
  const { Deed } = await import('./deed.svelte');
  const { render } = await import('svelte/server');
  const deeds: InstanceType<typeof Deed>[] = [];
  const component = (() => void deeds.push(new Deed())) as unknown as Component;
  await render(component);
  return { ...page, deed: deeds[0]! };
}

it('shows what was refused, and leaves to be read what is about something else', async () => {
  const { deed, outbox, say } = await opened();
  service.answer = () => ({ status: 502 });
  await say(path, 'hours of another appointment', WORDS);
  service.answer = () => refusal(409, 'conflict');
  expect(await deed.say(path, 'these hours', WORDS)).toMatchObject({ is: 'refused' });
  expect(outbox.refused.map((entry) => entry.body)).toEqual(['hours of another appointment']);
});

it('shows that the code was wrong, and it is not to be read once more', async () => {
  const { deed, outbox } = await opened();
  service.answer = () => CODED;
  expect(await deed.say(path, {}, WORDS)).toMatchObject({ is: 'taken', answer: CODED.body });
  expect(outbox.answered).toEqual([]);
});

it('knows what became of what waited, whatever else waits for the same place', async () => {
  const { deed, outbox, say, sendNow } = await opened();
  service.answer = () => ({ status: 502 });
  await deed.say(path, 'first', WORDS);
  await say(path, 'second', WORDS);
  expect(deed.standing).toEqual({ is: 'waiting' });
  service.answer = ({ body }) => (body === 'first' ? CODED : { status: 502 });
  await sendNow();
  expect(deed.standing).toMatchObject({ is: 'taken' });
  expect(outbox.answered).toHaveLength(1);
});
