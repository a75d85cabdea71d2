// The actions room at work, from the request of a task to its end.
import { describe, expect, test } from 'vitest';
import type { ActNews } from '../../../src/actions/action-step.ts';
import { actionEnded } from '../../../src/actions/decide-action.ts';
import { retryAction } from '../../../src/actions/retry-requests.ts';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import { SimProcess } from '../../../src/sim/sim-process.ts';
import { SimStore } from '../../../src/sim/sim-store.ts';
import { ActionsWorld, WANTED } from './actions-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function opened(seed: string, rules: ConstructorParameters<typeof ActionsWorld>[1] = {}): Promise<ActionsWorld> {
  const world = new ActionsWorld(seed, rules);
  await world.boot();
  return world;
}

async function asked(world: ActionsWorld, wanted: object): Promise<string> {
  const action = await world.ask(wanted);
  if (!action) throw new Error('Nobody answered');
  return action.id;
}

/** Answers in turn, and the last one for ever. */
function inTurn(...news: readonly (ActNews | undefined)[]) {
  const left = [...news];
  return () => (left.length > 1 ? left.shift() : left[0]);
}

const FAILED: ActNews = { outcome: 'failed', text: 'busy' };
const TAKEN: ActNews = { outcome: 'delivered', text: 'taken' };

describe('a request', () => {
  test('under the same key is the same action, whatever else it says', async () => {
    const world = await opened('same key');
    const first = await asked(world, WANTED.email);
    expect(await asked(world, { ...WANTED.email, subject: 'Warm' })).toBe(first);
    await world.until(first, MINUTE, ({ state }) => state === 'delivered');
    expect(await asked(world, WANTED.email)).toBe(first);
    expect(world.arrivals).toMatchObject([{ to: 'ana@example.org', mark: `${first}@platform-1.berth`, text: 'Cold' }]);
  });

  test.each([
    ['an address with a line of its own', { ...WANTED.email, to: 'a@b.c\r\nBcc: d@e.f' }, '$.to[0]'],
    ['a subject of two lines', { ...WANTED.email, subject: 'a\nb' }, '$.subject'],
    ['two addresses in one', { ...WANTED.email, to: ['a@b.c,d@e.f'] }, '$.to[0]'],
    ['no recipient', { ...WANTED.email, to: [] }, '$.to'],
    ['fifty-one recipients', { ...WANTED.email, to: Array.from({ length: 51 }, (_, i) => `a${i}@b.c`) }, '$.to'],
    ['no telephone number', { ...WANTED.sms, to: 'ana' }, '$.to[0]'],
    ['a URL that is none', { ...WANTED.webhook, url: 'file:///etc/passwd' }, '$.url'],
    ['a URL with a user name', { ...WANTED.webhook, url: 'https://a:b@example.org' }, '$.url'],
    ['a header that is ours', { ...WANTED.webhook, headers: { 'Berth-Signature': 'v1=0' } }, '$.headers'],
    ['a header of two lines', { ...WANTED.webhook, headers: { a: 'b\r\nc: d' } }, '$.headers.a'],
    ['too long a body', { ...WANTED.webhook, body: 'x'.repeat(300_000) }, '$.body'],
    ['too much time', { ...WANTED.control, timeoutSeconds: 301 }, '$.timeoutSeconds'],
    ['an unknown kind', { kind: 'fax', key: 'k' }, '$.kind'],
  ])('with %s is refused with its place', async (_, wanted, path) => {
    const world = await opened('refused');
    const refusal = world.ask(wanted);
    await expect(refusal).rejects.toMatchObject({
      code: 'action.invalid',
      problems: [expect.objectContaining({ path })],
    });
  });

  test('for what the package does not declare is refused', async () => {
    const world = await opened('undeclared');
    const quiet = { ...world.task, spec: { ...world.task.spec, actions: [] } };
    const refusal = world.settle(world.requests.request(quiet, WANTED.sms));
    await expect(refusal).rejects.toMatchObject({ code: 'action.not-declared' });
    const control = world.ask({ ...WANTED.control, name: 'heater' });
    await expect(control).rejects.toMatchObject({ code: 'action.not-declared' });
    const third = world.ask({ ...WANTED.control, index: 2 });
    await expect(third).rejects.toMatchObject({ code: 'action.no-such-control', details: { count: 2 } });
  });

  test('beyond what may wait is refused until something is over', async () => {
    const world = await opened('too many', { perHour: { sms: 1 } });
    for (let count = 0; count <= 500; count++) await asked(world, { ...WANTED.sms, key: `k${count}` });
    await world.world.pass(1000);
    await expect(world.ask({ ...WANTED.sms, key: 'more' })).rejects.toMatchObject({ code: 'action.too-many' });
    expect(world.arrivals).toHaveLength(1);
  });

  test('of another instance tells nothing', async () => {
    const world = await opened('other');
    const id = await asked(world, WANTED.sms);
    const stranger = { ...world.task, instance: 'other' };
    const refusal = world.settle(world.requests.outcome(stranger, id, AbortSignal.abort()));
    await expect(refusal).rejects.toMatchObject({ code: 'request.not-found' });
  });
});

describe('an outcome', () => {
  test('is told as soon as it is known', async () => {
    const world = await opened('soon');
    world.answers = () => ({ ...TAKEN, answer: { percent: 40 } });
    const id = await asked(world, WANTED.control);
    const before = world.world.elapsedMs;
    const status = await world.settle(world.requests.outcome(world.task, id, new AbortController().signal));
    expect(status).toMatchObject({ state: 'delivered', answer: { percent: 40 } });
    expect(world.world.elapsedMs - before).toBeLessThan(200);
  });

  test('that is long in coming is answered with the state after 25 seconds', async () => {
    const world = await opened('long');
    world.answers = () => undefined;
    const id = await asked(world, WANTED.control);
    const before = world.world.elapsedMs;
    const status = await world.settle(world.requests.outcome(world.task, id, new AbortController().signal));
    expect(status.state).toBe('sending');
    expect(world.world.elapsedMs - before).toBeGreaterThanOrEqual(24_990);
  });
});

describe('an e-mail', () => {
  test('that fails is sent again under the same Message-ID; every try is kept', async () => {
    const world = await opened('again');
    world.answers = inTurn(FAILED, FAILED, TAKEN);
    const id = await asked(world, WANTED.email);
    const status = await world.until(id, HOUR, ({ state }) => state === 'delivered');
    expect(status.tries.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'delivered']);
    expect(new Set(world.arrivals.map(({ mark }) => mark)).size).toBe(1);
    expect(new Set(status.tries.map(({ actId }) => actId)).size).toBe(3);
    expect(world.told).toEqual(['action.delivered']);
  });

  test('waits for the channel, and goes when there is one', async () => {
    const world = await opened('no channel');
    const channel = world.disk.read('actionChannel', 'smtp');
    if (channel) world.disk.write({ do: 'delete', kind: 'actionChannel', id: 'smtp', version: channel.version });
    const id = await asked(world, WANTED.email);
    const held = await world.until(id, MINUTE, ({ state }) => state === 'held');
    expect(held.reason).toContain('berth channel apply');
    expect(world.told).toEqual(['action.held']);
    if (channel) world.write('actionChannel', channel.doc);
    await world.until(id, 11 * MINUTE, ({ state }) => state === 'delivered');
  });

  test('that cannot be sent for a day is kept and shown, and goes when a person asks for it again', async () => {
    const world = await opened('kept');
    world.answers = () => FAILED;
    const id = await asked(world, WANTED.email);
    const failed = await world.until(id, 25 * HOUR, ({ state }) => actionEnded(state));
    expect(failed).toMatchObject({ state: 'failed', reason: 'Its time is over. Last: busy' });
    world.answers = () => TAKEN;
    const store = new WatchedStore(
      new SimStore({ process: new SimProcess(world.world, 'person'), disk: world.disk, weather: world.weather }),
    );
    await world.settle(retryAction({ store, recordEvent: async () => undefined }, { id, by: 'ana' }, world.now));
    await world.until(id, 6 * MINUTE, ({ state }) => state === 'delivered');
    const once = world.settle(retryAction({ store, recordEvent: async () => undefined }, { id, by: 'ana' }, world.now));
    await expect(once).rejects.toMatchObject({ code: 'action.not-retryable' });
  });
});

describe('an SMS', () => {
  test('to several is asked of the gateway for each, and again only for those who do not have it', async () => {
    const world = await opened('several');
    const first = { '+49200': FAILED };
    const pending = new Map<string, ActNews>(Object.entries(first));
    world.answers = ({ to }) => {
      const news = pending.get(to) ?? TAKEN;
      pending.delete(to);
      return news;
    };
    const id = await asked(world, { ...WANTED.sms, to: ['+49 1-00', '+49200', '+49300'] });
    const held = await world.until(id, MINUTE, ({ tries }) => tries[0]?.endedAt != null);
    expect(held).toMatchObject({ state: 'waiting', tries: [{ reached: ['+49100'] }] });
    await world.until(id, HOUR, ({ state }) => state === 'delivered');
    expect(world.arrivals.map(({ to }) => to)).toEqual(['+49100', '+49200', '+49200', '+49300']);
  });

  test('of which the gateway says nothing is unknown, and never sent again by itself', async () => {
    const world = await opened('unknown');
    world.answers = () => ({ outcome: 'unknown', text: 'cut off' });
    const id = await asked(world, WANTED.sms);
    const status = await world.until(id, MINUTE, ({ state }) => actionEnded(state));
    expect(status).toMatchObject({ state: 'unknown', reason: expect.stringContaining('not sent again blindly') });
    await world.world.pass(25 * HOUR);
    expect(world.arrivals).toHaveLength(1);
  });

  test('goes out no more often in an hour than the budget says, and all go in the end', async () => {
    const world = await opened('budget', { perHour: { sms: 3 } });
    const ids = [];
    for (let count = 0; count < 10; count++) ids.push(await asked(world, { ...WANTED.sms, key: `k${count}` }));
    for (const id of ids) await world.until(id, 5 * HOUR, ({ state }) => state === 'delivered');
    for (const { at } of world.arrivals)
      expect(world.arrivals.filter((other) => other.at > at - HOUR && other.at <= at).length).toBeLessThanOrEqual(3);
    expect(world.arrivals).toHaveLength(10);
  });

  test('is not sent in quiet hours, and is at their end', async () => {
    const world = await opened('quiet', { quiet: { fromMinute: 8 * 60, toMinute: 12 * 60 } });
    const id = await asked(world, WANTED.sms);
    const status = await world.until(id, 4 * HOUR, ({ state }) => state === 'delivered');
    expect(status.tries[0]?.at).toBe(Date.UTC(2026, 10, 22, 11));
  });

  test('with a gateway that hangs is given up after its time, as unknown', async () => {
    const world = await opened('hangs');
    world.answers = () => undefined;
    const id = await asked(world, WANTED.sms);
    const status = await world.until(id, 10 * MINUTE, ({ state }) => actionEnded(state));
    expect(status).toMatchObject({ state: 'unknown', reason: expect.stringContaining('480 s') });
  });
});

test('a notice is in the inbox of each user, and an e-mail to those who wish for one', async () => {
  const world = await opened('notice', { notify: ['ana', 'ben', 'nobody'], quiet: { fromMinute: 0, toMinute: 1439 } });
  const id = await asked(world, { ...WANTED.notify, severity: 'alert' });
  const status = await world.until(id, MINUTE, ({ state }) => actionEnded(state));
  expect(status).toMatchObject({ state: 'delivered', reason: 'Told ana, ben. There is no user nobody.' });
  expect(world.disk.docs('inboxNotice').map(({ id: notice }) => notice)).toEqual([`ana/${id}`, `ben/${id}`]);
  const mail = await world.until(`${id}.ana`, MINUTE, ({ state }) => actionEnded(state));
  expect(mail.state).toBe('delivered');
  expect(world.arrivals).toMatchObject([{ to: 'ana@example.org', text: '[alert] Cold' }]);
  expect(world.disk.read('action', `${id}.ana`)?.doc).toMatchObject({ notice: id });
});

test('a notice of an instance that names nobody is refused, and says so', async () => {
  const world = await opened('nobody', { notify: [] });
  const id = await asked(world, WANTED.notify);
  const status = await world.until(id, MINUTE, ({ state }) => actionEnded(state));
  expect(status).toMatchObject({ state: 'refused', reason: 'The instance names nobody in "notify".' });
});

test('a mail server that hangs holds up no control', async () => {
  const world = await opened('lanes');
  world.answers = ({ kind }) => (kind === 'email' ? undefined : TAKEN);
  const mails = [];
  for (let count = 0; count < 10; count++) mails.push(await asked(world, { ...WANTED.email, key: `m${count}` }));
  await world.world.pass(1000);
  expect(world.arrivals).toHaveLength(4);
  const id = await asked(world, WANTED.control);
  await world.until(id, 1000, ({ state }) => state === 'delivered');
  // Those that waited for room have it when the first are given up, and all of them have reached the server then.
  await world.world.pass(10 * MINUTE);
  expect(new Set(world.arrivals.filter(({ kind }) => kind === 'email').map(({ mark }) => mark)).size).toBe(10);
});

test('what is under way when the platform is stopped is written before it ends', async () => {
  const world = await opened('stop');
  world.latencyMs = 1000;
  const id = await asked(world, WANTED.sms);
  await world.until(id, MINUTE, ({ state }) => state === 'sending');
  await world.stop();
  expect(world.disk.read('actionStatus', id)?.doc).toMatchObject({ state: 'delivered' });
});
