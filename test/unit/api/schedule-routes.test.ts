// Schedules over HTTP: files in both forms, what they are refused for, previews with what collides, and what is told of the past.
import { describe, expect, it } from 'vitest';
import { aJob } from '../../builders/jobs.ts';
import { aJobStatus } from '../../contracts/store-documents.ts';
import { type ApiWorld, call, callRaw, openApi, refused } from './api-world.ts';
import { exampleZip } from './example-zip.ts';

const YAML = `name: lab-report
application: room-report
algorithm: report
schedule: { kind: cron, expression: 0 8 * * *, zone: Europe/Berlin }
`;

const yaml = (contents: string) => ({ file: { type: 'application/yaml', contents } });

const FILE = { application: 'room-report', algorithm: 'report', schedule: { kind: 'interval', every: '1h' } };

async function openPushed(): Promise<ApiWorld> {
  const world = await openApi();
  await call(world, 'pushPackage', { zip: await exampleZip() });
  return world;
}

describe('an instance file', () => {
  it('is taken as YAML and as JSON, and says the same', async () => {
    const world = await openPushed();
    const made = await call(world, 'createInstance', yaml(YAML));
    expect(made).toMatchObject({
      name: 'lab-report',
      schedule: {
        words: 'cron 0 8 * * * in Europe/Berlin',
        triggers: [{ kind: 'cron', expression: '0 8 * * *' }],
        zone: 'Europe/Berlin',
      },
      missed: { policy: 'run-latest' },
      overlap: { policy: 'skip' },
      paused: false,
    });
    const schedule = { kind: 'cron', expression: '0 8 * * *', zone: 'Europe/Berlin' };
    const body = { ...FILE, name: 'lab-report', schedule };
    expect(await call(world, 'applyInstance', { body })).toMatchObject({ outcome: 'unchanged' });
    const params = { instance: made.id };
    expect(await call(world, 'updateInstance', { params, body: { ...body, copies: 2 } })).toMatchObject({
      outcome: 'changed',
      changes: ['copies'],
      instance: { copies: 2, id: made.id },
    });
  });

  it('is refused with its places, when it is too large, and when it is no file at all', async () => {
    const world = await openPushed();
    const twice = await refused(world, 'createInstance', yaml(`${YAML}name: other\n`));
    expect(twice).toMatchObject({ status: 422, problems: [{ path: '$.name', expected: 'each key once' }] });
    const large = await refused(world, 'createInstance', yaml(`# ${'x'.repeat(300_000)}`));
    expect(large).toMatchObject({ status: 400, code: 'request.invalid' });
    expect(await refused(world, 'createInstance', { body: 'hello' })).toMatchObject({ status: 422 });
    expect(await refused(world, 'createInstance')).toMatchObject({ status: 422 });
    const xml = await refused(world, 'createInstance', { file: { type: 'text/xml', contents: '<a/>' } });
    expect(xml).toMatchObject({ status: 400, code: 'request.invalid' });
  });

  it('that others run after is told by name, and not removed before them', async () => {
    const world = await openPushed();
    await call(world, 'createInstance', { body: { ...FILE, name: 'import' } });
    const after = { kind: 'after', instance: 'import' };
    const made = await call(world, 'createInstance', { body: { ...FILE, name: 'digest', schedule: after } });
    expect(made.schedule).toMatchObject({ triggers: [{ ...after, on: 'success' }], words: 'after import succeeds' });
    expect(await refused(world, 'removeInstance', { params: { instance: 'import' } })).toMatchObject({
      status: 409,
      code: 'instance.needed',
      details: { dependents: 'digest' },
    });
  });
});

describe('a preview', () => {
  it('of the platform tells what begins together, and which machines are asked for twice', async () => {
    const world = await openPushed();
    const start = new Date(Math.ceil(Date.now() / 3_600_000 + 1) * 3_600_000).toISOString();
    const schedule = { kind: 'interval', every: '1h', start, duration: '10m' };
    for (const name of ['one', 'two'])
      await call(world, 'createInstance', { body: { ...FILE, name, schedule, machine: 'standalone' } });
    const found = await call(world, 'previewSchedules', { query: { hours: '4' } });
    expect(found.occurrences.slice(0, 2)).toMatchObject([
      { instance: 'one', at: start },
      { instance: 'two', at: start },
    ]);
    expect(found.collisions[0]).toMatchObject({ at: start, instances: ['one', 'two'] });
    expect(found.standalone[0]).toMatchObject({ at: start, instances: ['one', 'two'] });
  });

  it('of a file that does not fit is refused as its creation would be', async () => {
    const world = await openPushed();
    const refusal = await refused(world, 'previewFile', yaml(YAML.replace('0 8 * * *', '61 8 * * *')));
    expect(refusal).toMatchObject({ status: 422, problems: [{ path: '$.schedule.expression' }] });
    const query = { count: '2' };
    const found = await call(world, 'previewFile', { ...yaml(YAML), query });
    expect(found.occurrences).toHaveLength(2);
    expect(found.occurrences[0]?.local).toMatch(/T08:00:00\+0[12]:00$/);
  });
});

describe('the past', () => {
  it('of an instance is told: jobs with their figures, gaps, and why', async () => {
    const world = await openPushed();
    const { id } = await call(world, 'createInstance', { body: { ...FILE, name: 'hourly' } });
    const { store } = world.parts;
    const at = Date.now() - 3_600_000;
    const job = aJob({ id: `${id}.o1`, instance: id, origin: { kind: 'occurrence', at }, startsAt: at, open: 0 });
    await store.create('job', job);
    const times = { startedAt: at + 1000, endedAt: at + 5000 };
    await store.create('jobStatus', aJobStatus({ id: job.id, instance: id, state: 'succeeded', ...times }));
    const gap = { id: `${id}.${at}`, instance: id, fromAt: at - 9, toAt: at - 1, count: 3 };
    await store.create('gap', { ...gap, outcome: 'missed', reason: 'because', recordedAt: at });
    const params = { instance: 'hourly' };
    expect(await call(world, 'instanceHistory', { params, query: { since: '7d' } })).toMatchObject({
      jobs: [{ job: job.id, state: 'succeeded', latenessMs: 1000, durationMs: 4000 }],
      summary: { jobs: 1, succeeded: 1, successRate: 1, p50DurationMs: 4000 },
    });
    expect((await call(world, 'instanceHistory', { params, query: { since: '1m' } })).jobs).toEqual([]);
    expect(await call(world, 'listGaps', { params })).toMatchObject({
      items: [{ count: 3, outcome: 'missed', reason: 'because' }],
    });
    const query = { at: '2020-01-01T00:00:00Z' };
    expect(await call(world, 'whyOccurrence', { params, query })).toMatchObject({ ran: false, job: null });
    expect(await refused(world, 'whyOccurrence', { params, query: { at: 'noon' } })).toMatchObject({ status: 400 });
  });
});

describe('a calendar', () => {
  it('is its text and nothing else', async () => {
    const world = await openApi();
    const params = { calendar: 'holidays' };
    expect(await refused(world, 'putCalendar', { params, body: {} })).toMatchObject({ code: 'request.invalid' });
    const large = { type: 'text/calendar', contents: `BEGIN:VCALENDAR\r\n${'x'.repeat(1_100_000)}` };
    expect(await refused(world, 'putCalendar', { params, file: large })).toMatchObject({ code: 'request.invalid' });
    const odd = { type: 'text/calendar', contents: 'hello' };
    expect(await refused(world, 'putCalendar', { params, file: odd })).toMatchObject({ code: 'calendar.invalid' });
    expect((await callRaw(world, 'listCalendars')).json()).toEqual({ items: [] });
  });
});

describe('runs by hand', () => {
  it('take parameters over those of the instance, as text', async () => {
    const world = await openPushed();
    const parameters = { unit: 'celsius', limit: 3 };
    await call(world, 'createInstance', { body: { ...FILE, name: 'hourly', parameters } });
    const params = { instance: 'hourly' };
    const made = await call(world, 'runInstance', { params, body: { parameters: { unit: 'kelvin', verbose: true } } });
    expect(await call(world, 'showJob', { params: { job: made.id } })).toMatchObject({
      ...{ origin: 'manual', originOf: null, by: 'tester' },
      parameters: { unit: 'kelvin', limit: '3', verbose: 'true' },
    });
    expect(await refused(world, 'runInstance', { params, body: { parameters: { 'a b': 1 } } })).toMatchObject({
      status: 400,
    });
    const again = await call(world, 'rerunJob', { params: { job: made.id } });
    expect(again).toMatchObject({ origin: 'rerun', package: made.package });
  });
});
