import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { listOutputs, openOutput } from '../../../src/nodes/output-reads.ts';
import { acceptRecord } from '../../../src/nodes/record-requests.ts';
import { withRun } from '../../../src/nodes/record-runs.ts';
import { aJob, aTask, aTaskStatus } from '../../builders/jobs.ts';
import { logParts } from './log-world.ts';
import { described } from './sdk-world.ts';

const task = aTask(aJob({ copies: 2 }), 0, 1, 'n');

async function world() {
  const keeping = { ...(await logParts()), recordLimits: { mostFileBytes: 20_000_000 } };
  const given = (id: string, header: object, body: Buffer | Readable) =>
    acceptRecord(keeping, task, {
      id,
      header: JSON.stringify(header),
      body: body instanceof Readable ? body : Readable.from([body]),
    });
  const contents = async (id: string) => {
    const { output, contents } = await openOutput(keeping, `${task.id}/${id}`);
    return { output, bytes: await buffer(contents) };
  };
  return { keeping, given, contents };
}

test('small texts are in the document, large ones and files in blobs, and all come back byte for byte', async () => {
  const { given, contents } = await world();
  const large = Buffer.from('ä'.repeat(200_000));
  const odd = Buffer.from([0, 255, 254, 10]);
  await given('a', described('text'), Buffer.from('short'));
  await given('b', described('text'), large);
  await given('c', described('text'), odd);
  await given('d', described('file', { name: 'x.bin' }), odd);
  await given('e', described('json'), Buffer.from(' {"a": 1.0} '));
  await given('f', described('json'), Buffer.from(JSON.stringify('j'.repeat(300_000))));
  expect((await contents('a')).output).toMatchObject({ text: 'short', sizeBytes: 5 });
  expect((await contents('b')).bytes.equals(large)).toBe(true);
  expect((await contents('c')).bytes.equals(odd)).toBe(true);
  expect((await contents('d')).output).toMatchObject({ kind: 'file', name: 'x.bin', sizeBytes: 4 });
  expect((await contents('e')).bytes.toString()).toBe(' {"a": 1.0} ');
  expect((await contents('f')).output).toMatchObject({ sizeBytes: 300_002, blob: expect.stringMatching(/^sha256:/) });
});

test('a record that breaks off is not kept, and is taken when it comes again', async () => {
  const { given, contents } = await world();
  const broken = async function* () {
    yield Buffer.from('half');
    throw new Error('cut');
  };
  await expect(given('a', described('file'), Readable.from(broken()))).rejects.toMatchObject({
    code: 'record.incomplete',
    retryable: true,
  });
  await given('a', described('file'), Buffer.from('whole'));
  expect((await contents('a')).bytes.toString()).toBe('whole');
});

test('outputs are listed by time, of a job or of one slot of it, page by page', async () => {
  const { keeping, given } = await world();
  for (let i = 0; i < 5; i++) await given(`r${i}`, described('text', { at: 1000 + i }), Buffer.from(`${i}`));
  const query = { job: task.job, direction: 'ascending', limit: 2 } as const;
  const first = await listOutputs(keeping.store, query);
  expect(first.items.map(({ doc }) => doc.text)).toEqual(['0', '1']);
  const second = await listOutputs(keeping.store, { ...query, slot: 0, after: first.next ?? '', limit: 9 });
  expect(second.items.map(({ doc }) => doc.text)).toEqual(['2', '3', '4']);
  expect((await listOutputs(keeping.store, { ...query, slot: 1 })).items).toEqual([]);
});

test('runs are noted on the status of the task, each once, however often and late reports come', async () => {
  const { keeping, given } = await world();
  await keeping.store.create('taskStatus', aTaskStatus(task));
  const started = { number: 1, startedAt: 5, endedAt: null, exitCode: null, signal: null };
  const ended = { ...started, endedAt: 9, exitCode: null, signal: 'SIGSEGV' };
  const none = Buffer.alloc(0);
  const reports = [started, ended, started, { ...started, number: 2, startedAt: 10 }];
  for (const [i, run] of reports.entries()) await given(`r${i}`, described('run', run), none);
  expect((await keeping.store.get('taskStatus', task.id))?.doc.runs).toEqual([
    ended,
    { ...started, number: 2, startedAt: 10 },
  ]);
});

test('reports that come at the same time are all noted', async () => {
  const { keeping, given } = await world();
  await keeping.store.create('taskStatus', aTaskStatus(task));
  const run = (number: number) => described('run', { number, startedAt: 1, endedAt: 2, exitCode: 1, signal: null });
  await Promise.all([1, 2, 3, 4].map((number) => given(`r${number}`, run(number), Buffer.alloc(0))));
  expect((await keeping.store.get('taskStatus', task.id))?.doc.runs.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
});

test('only the last fifty runs are held', () => {
  const run = (number: number) => ({ number, startedAt: 1, endedAt: 2, exitCode: 1, signal: null });
  const fifty = Array.from({ length: 50 }, (_, i) => run(i + 10));
  expect(withRun(fifty, run(60)).map(({ number }) => number)).toEqual(Array.from({ length: 50 }, (_, i) => i + 11));
  expect(withRun(fifty, run(3))).toBe(fifty);
});
