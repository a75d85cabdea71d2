// What a program of Node says of itself, logs and gives: job, log, output.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RECORD_LIMITS } from '../../../src/main/ordinary-limits.ts';
import { launchNode, printed } from './node-launch.ts';

const SDK = join(import.meta.dirname, '../../../sdk/node/berth');

describe('job', () => {
  test('is what the task document says, and what the platform has changed since', async () => {
    const script = `
import { job } from 'berth';
const { id, task, instance, application, algorithm, slot, copies, attempt, run, parameters, scheduledAt, deadline } = job;
console.log(JSON.stringify({ id, task, instance, application, algorithm, slot, copies, attempt, run, parameters, scheduledAt, deadline }));
while (job.deadline === null) await job.wait(0.02);
console.log(JSON.stringify(job.deadline));
`;
    const launched = await launchNode(script, { task: { parameters: { room: '12' }, scheduledAt: 1000 } });
    await launched.printed('deadline');
    const endsAt = Date.now() + 60_000;
    launched.platform.want({ endsAt });
    const [told, deadline] = await printed(launched);
    expect(told).toEqual({
      id: 'count.o20261122T080000Z',
      task: 'count.o20261122T080000Z.0.1',
      instance: 'count',
      application: 'shop',
      algorithm: 'counter',
      ...{ slot: 0, copies: 1, attempt: 1, run: 1 },
      parameters: { room: '12' },
      scheduledAt: '1970-01-01T00:00:01.000Z',
      deadline: null,
    });
    expect(deadline).toBe(new Date(endsAt).toISOString());
  });

  test('does not exist outside, and says so; the log does', () => {
    const script = `
import { job, log, output, state } from ${JSON.stringify(join(SDK, 'index.js'))};
log.warning('fine', { level: 'own', big: 1n });
const calls = [() => job.id, () => job.stopping(), () => output.write('x'), () => state.get('x')];
for (const call of calls) try { await call(); } catch (error) { console.log(error.name, error.message.includes('runs outside Berth')); }
`;
    const env = { ...process.env, BERTH_TASK_FILE: '/nowhere/task.json' };
    const asked = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', env });
    expect(asked.stdout.trim().split('\n')).toEqual(Array(4).fill('OutsideTask true'));
    expect(JSON.parse(asked.stderr)).toMatchObject({ level: 'warning', message: 'fine', level_: 'own', big: '1' });
  });
});

describe('log', () => {
  test('writes one line of JSON for each call, whatever it is given', async () => {
    const launched = await launchNode(`
import { log } from 'berth';
const circle = {}; circle.self = circle;
log.info('größe', { celsius: 21.5, at: 'own' });
log.error('odd', { circle, error: new RangeError('deep'), nothing: undefined });
log.debug(42, { nan: NaN });
`);
    expect(await launched.exit).toBe(0);
    const lines = launched.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({ level: 'info', message: 'größe', celsius: 21.5, at_: 'own' });
    expect(lines[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(lines[1]).toMatchObject({ level: 'error', circle: '[object Object]', error: 'RangeError: deep' });
    expect(lines[2]).toMatchObject({ level: 'debug', message: '42', nan: 'NaN' });
  });
});

describe('output', () => {
  test('hands over texts, values and files with their names and types, in order', async () => {
    const launched = await launchNode(`
import { writeFileSync } from 'node:fs';
import { output } from 'berth';
await output.write('größe ✓');
await output.write('', { name: 'empty.txt' });
await output.json({ a: [1, null, 'é'] }, { name: 'first' });
writeFileSync('photo.png', 'x'.repeat(700_000));
await output.file('photo.png');
await output.file('photo.png', { name: 'zwölf', contentType: 'application/x-own' });
writeFileSync('none.csv', '');
await output.file(new URL('none.csv', import.meta.url));
`);
    expect(await launched.exit, launched.stderr).toBe(0);
    const outputs = launched.platform.arrived.filter(({ header }) => header.kind !== 'run');
    expect(
      outputs.map(({ header: { kind, name, contentType }, body }) => [kind, name, contentType, body.length]),
    ).toEqual([
      ['text', '', 'text/plain; charset=utf-8', 7],
      ['text', 'empty.txt', 'text/plain; charset=utf-8', 0],
      ['json', 'first', 'application/json', '{"a":[1,null,"é"]}'.length],
      ['file', 'photo.png', 'image/png', 700_000],
      ['file', 'zwölf', 'application/x-own', 700_000],
      ['file', 'none.csv', 'text/csv', 0],
    ]);
    expect(outputs[0]?.body).toBe('größe ✓');
    for (const { id, header } of outputs) {
      expect(id).toMatch(/^\d{20}-\d+-\d+$/);
      expect(Math.abs(Number(header.at) - Date.now())).toBeLessThan(30_000);
    }
  });

  test('is durable though nobody waits for it and the program is killed', async () => {
    const launched = await launchNode(
      "import { output } from 'berth';\noutput.write('kept');\noutput.json({ n: 1 });\nprocess.kill(process.pid, 'SIGKILL');\n",
    );
    await launched.exit;
    expect(launched.platform.outputs()).toEqual(['kept', '{"n":1}']);
  });

  test('of several threads and processes has names of its own', async () => {
    const launched = await launchNode(`
import { fork } from 'node:child_process';
import { isMainThread, Worker } from 'node:worker_threads';
import { output } from 'berth';
for (let n = 0; n < 20; n++) output.write(String(n));
if (isMainThread && !process.send) { for (const _ of [1, 2, 3]) new Worker(process.argv[1]); fork(process.argv[1]); }
`);
    expect(await launched.exit, launched.stderr).toBe(0);
    expect(launched.platform.outputs()).toHaveLength(100);
    expect(new Set(launched.platform.arrived.map(({ id }) => id)).size).toBe(launched.platform.arrived.length);
  });

  test('refuses what the platform would refuse, where the mistake was made', async () => {
    const launched = await launchNode(`
import { output } from 'berth';
const circle = {}; circle.self = circle;
const calls = [
  () => output.write(Buffer.from('bytes')), () => output.json({ deep: [NaN] }), () => output.json(() => 1), () => output.json(circle),
  () => output.write('x', { name: 'a/b' }), () => output.write('x', { name: '😀'.repeat(101) }), () => output.write('x', { name: '' }),
  () => output.write('x', { name: 'a\\u2028b' }), () => output.file('absent'), () => output.file('main.mjs', { contentType: 'a\\nb' }),
];
for (const call of calls) try { await call(); console.log('"taken"'); } catch (error) { console.log(JSON.stringify(error.code ?? error.name)); }
`);
    expect(await printed(launched)).toEqual([
      ...['TypeError', 'RangeError', 'TypeError', 'TypeError'],
      ...['RangeError', 'RangeError', 'RangeError', 'RangeError', 'ENOENT', 'RangeError'],
    ]);
    expect(launched.platform.outputs()).toEqual([]);
  });

  test('raises SpoolFull while too much waits, and takes more when it has gone', async () => {
    const launched = await launchNode(
      `
import { output, SpoolFull, job } from 'berth';
let taken = 0;
try { for (;;) { output.write('x'.repeat(10_000)).catch(() => {}); await output.write('y'); taken++; } } catch (error) { console.log(JSON.stringify([error instanceof SpoolFull, error.name, taken])); }
for (;;) try { await output.write('last'); break; } catch { await job.wait(0.05); }
console.log('"taken again"');
`,
      { task: { spoolBytes: 100_000 }, platform: 'down' },
    );
    await launched.printed('SpoolFull');
    await launched.platform.up();
    const [full, again] = await printed(launched);
    expect(full).toEqual([true, 'SpoolFull', expect.any(Number)]);
    expect(again).toBe('taken again');
    expect(launched.platform.outputs().at(-1)).toBe('last');
  });
});

test('the sources need nothing but Node, and each of their bounds is the one that the platform and the Python SDK have', () => {
  const sources = ['spool.js', 'output.js'].map((name) => readFileSync(join(SDK, name), 'utf8')).join('\n');
  expect(sources).toContain('const LARGEST_BYTES = 2 ** 30;');
  expect(RECORD_LIMITS.mostFileBytes).toBe(2 ** 30);
  const described = JSON.parse(readFileSync(join(SDK, 'package.json'), 'utf8')) as Record<string, unknown>;
  expect([described.dependencies, described.scripts]).toEqual([undefined, undefined]);
});
