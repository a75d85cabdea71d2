// What a person sees of each command, from the first upload to the last log line.
import { cp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { zipDirectory } from '../../../src/cli/zip-directory.ts';
import { LogAppender } from '../../../src/nodes/log-appender.ts';
import { aJob, aNodeStatus, aTask, aTaskStatus } from '../../builders/jobs.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { until } from '../../world/until.ts';
import { EXAMPLE_APP, exampleInstancePath } from '../api/example-zip.ts';
import { type CliWorld, collector, openCli, runWords, withInstance } from './cli-world.ts';

const ESC = String.fromCharCode(0x1b);
/** Clears the screen, sets the title, turns the direction of writing, and rings. */
const NASTY = `x${ESC}[2J${ESC}]0;owned\u0007\u009b2J\u202e\u0007y`;

/** A job that runs, with a log and output, under names that nobody should have. */
async function withJob({ api }: CliWorld) {
  const job = aJob({ id: 'room-abc123.m1', why: `because ${NASTY}` });
  const task = aTask(job, 0, 1, 'n1');
  const { store } = api.parts;
  await store.create('job', job);
  await store.create('task', task);
  await store.create('taskStatus', aTaskStatus(task, { reason: NASTY, lastLines: [NASTY] }));
  const output = { job: job.id, slot: 0, task: task.id, contentType: 'text/html', sizeBytes: 5, at: job.startsAt };
  await store.create('output', {
    id: `${task.id}/r1`,
    kind: 'text',
    name: `../a'b${NASTY}.html`,
    text: `<b>${NASTY}</b>`,
    ...output,
    sizeBytes: Buffer.byteLength(`<b>${NASTY}</b>`),
  });
  const at = 1_700_000_000_000_000_000n;
  const lines = [`${ESC}[32mgreen${ESC}[0m\n`, `${NASTY}\n`, 'caf\u00e9 \ud83d\ude00\n'];
  const frames = lines.map((line, index) => ({
    atNs: at + BigInt(index),
    stream: 'stdout' as const,
    bytes: Buffer.from(line),
  }));
  await new LogAppender(api.parts, task.id).append(frames);
  return { job, task, lines };
}

describe('an empty platform', () => {
  it.each([
    [['app', 'ls'], "No applications yet; upload one with 'berth app push'.\n"],
    [['calendar', 'ls'], "No calendars yet; upload one with 'berth calendar add NAME FILE.ics'.\n"],
    [['instance', 'ls'], "No instances yet; make one with 'berth instance create'.\n"],
    [['job', 'ls'], 'No jobs.\n'],
    [['node', 'ls'], "No nodes; add one with 'berth node add'.\n"],
    [['events'], ''],
  ])('says so to %j', async (words, said) => {
    expect(await (await openCli()).berth(words)).toEqual({ code: 0, out: said, err: '' });
  });
});

describe('every command', () => {
  const COMMANDS = [
    ['status'],
    ['app', 'ls'],
    ['app', 'show', 'room-report'],
    ['app', 'push', EXAMPLE_APP],
    ['app', 'check', EXAMPLE_APP],
    ['app', 'use', 'room-report', '1.0.0'],
    ['instance', 'ls'],
    ['instance', 'show', 'room-report-every-minute'],
    ['instance', 'disable', 'room-report-every-minute'],
    ['instance', 'enable', 'room-report-every-minute'],
    ['instance', 'schema'],
    ['instance', 'apply', '-f', exampleInstancePath('report-every-minute')],
    ['instance', 'history', 'room-report-every-minute'],
    ['instance', 'gaps', 'room-report-every-minute'],
    ['instance', 'skip', 'room-report-every-minute'],
    ['schedule', 'preview'],
    ['schedule', 'preview', 'room-report-every-minute', '--count', '3'],
    ['schedule', 'pause', '--reason', NASTY],
    ['schedule', 'resume'],
    ['calendar', 'ls'],
    ['job', 'run', 'room-report-every-minute'],
    ['job', 'ls'],
    ['job', 'show', 'room-abc123.m1'],
    ['job', 'why', 'room-abc123.m1'],
    ['job', 'stop', 'room-abc123.m1'],
    ['output', 'room-abc123.m1'],
    ['node', 'ls'],
    ['node', 'show', 'local'],
    ['node', 'load', 'local', '--range', '1d'],
    ['node', 'drain', 'local'],
    ['node', 'undrain', 'local'],
    ['node', 'key'],
    ['node', 'rm', 'local'],
    ['events'],
    ['instance', 'rm', 'room-report-every-minute'],
  ];

  it('prints one JSON value with --json, wherever it stands, and nothing else', async () => {
    const world = await openCli();
    await withInstance(world);
    await withJob(world);
    await world.api.parts.nodes.ensureLocalNode('/nowhere.sock');
    for (const words of COMMANDS) {
      const ran = await world.berth([...words, '--json'], { terminal: true, color: true });
      expect(ran, words.join(' ')).toMatchObject({ code: 0, err: '' });
      expect(() => JSON.parse(ran.out), words.join(' ')).not.toThrow();
    }
    expect(JSON.parse((await world.berth(['--json', 'status'])).out)).toMatchObject({ version: '0.1.0' });
  });

  it('lets no control character of other people reach the terminal, in any form', { timeout: 60_000 }, async () => {
    const world = await openCli();
    await withInstance(world);
    const { task, job } = await withJob(world);
    await world.api.parts.nodes.ensureLocalNode(`/tmp/${NASTY}`);
    const status = { ...aNodeStatus('local'), reason: NASTY };
    await world.api.parts.store.create('nodeStatus', status);
    await world.api.parts.recordEvent({ kind: 'k', subject: 's', text: NASTY });
    const more = [
      ['logs', task.id],
      ['logs', job.id, '-t'],
      ['job', 'show', NASTY],
      ['app', 'check', `/no/${NASTY}`],
    ];
    for (const json of [[], ['--json']]) {
      for (const words of [...COMMANDS, ...more]) {
        const { out, err } = await world.berth([...words, ...json], { terminal: true, columns: 80 });
        const steering = /(?!\n)[\p{Cc}\u202e]/u;
        if (json.length === 0) expect(`${out}${err}`, words.join(' ')).not.toMatch(steering);
        else expect(`${out}${err}`, words.join(' ')).not.toMatch(/(?!\n)\p{Cc}/u);
      }
    }
  });

  it('uses colours only where they are shown', async () => {
    const world = await openCli();
    const { task } = await withJob(world);
    for (const words of [
      ['job', 'show', 'room-abc123.m1'],
      ['logs', task.id],
    ]) {
      expect((await world.berth(words, { terminal: true, color: true })).out).toContain(`${ESC}[32m`);
      expect((await world.berth(words, { terminal: true, color: false })).out).not.toContain(ESC);
    }
  });
});

/** A command that follows events and has shown one that was recorded after its begin. */
async function followingEvents(world: CliWorld) {
  const leaving = new AbortController();
  const shown = collector();
  const events = world.berth(['events', '-f'], { leave: leaving.signal, out: shown.stream });
  await until('an event to be shown', 5000, async () => {
    await world.api.parts.recordEvent({ kind: 'k', subject: 's', text: 'seen' });
    return shown.text().includes('seen') || undefined;
  });
  const before = shown.text();
  await world.api.parts.recordEvent({ kind: 'k', subject: 's', text: 'live' });
  await until('the stream to go on', 5000, () => shown.text().slice(before.length).includes('live') || undefined);
  return { events, leave: () => leaving.abort() };
}

describe('logs', () => {
  it('are exactly the bytes that were written, where no terminal is', async () => {
    const world = await openCli();
    const { task, lines } = await withJob(world);
    expect((await world.berth(['logs', task.id])).out).toBe(lines.join(''));
    expect((await world.berth(['logs', task.id, '--tail', '1'])).out).toBe(lines.at(-1));
    const json = (await world.berth(['logs', task.id, '--json'])).out.trim().split('\n');
    expect(json.map((line) => (JSON.parse(line) as { task: string }).task)).toEqual([task.id]);
    const timed = (await world.berth(['logs', task.id, '-t'])).out;
    expect(timed).toBe(lines.map((line) => `2023-11-14 23:13:20 room-abc123.m1.0.1 stdout ${line}`).join(''));
  });

  it('that are followed end with the task, and when the platform goes this is no end', async () => {
    const world = await openCli();
    const { task, job, lines } = await withJob(world);
    const status = await world.api.parts.store.get('taskStatus', task.id);
    const ended = world.berth(['logs', '-f', task.id]);
    if (status) await world.api.parts.store.update('taskStatus', { ...status.doc, state: 'completed' }, status.version);
    expect(await ended).toEqual({ code: 0, out: lines.join(''), err: '' });
    const { events } = await followingEvents(world);
    await world.api.server.close();
    expect(await events).toMatchObject({ code: 69, err: expect.stringContaining('cli.broken-off') });
    expect(await world.berth(['job', 'show', job.id])).toMatchObject({ code: 69 });
  });

  it('that are followed are left with Ctrl-C', async () => {
    const world = await openCli();
    await withJob(world);
    const { events, leave } = await followingEvents(world);
    leave();
    expect(await events).toMatchObject({ code: 0, err: '' });
  });
});

describe('output', () => {
  it('is saved under names that stay in the directory', async () => {
    const world = await openCli();
    const { job } = await withJob(world);
    const directory = join(await temporaryDirectory(), 'saved');
    const { out } = await world.berth(['output', job.id, '--save', directory]);
    const [name = ''] = await readdir(directory);
    expect(out).toBe(`${join(directory, name)}\n`);
    expect(name).toMatch(/^0-r1-a'bx.*y\.html$/);
    expect(await readFile(join(directory, name), 'utf8')).toBe(`<b>${NASTY}</b>`);
  });

  it('of a job that is not there is not just empty', async () => {
    expect(await (await openCli()).berth(['output', 'none'])).toMatchObject({ code: 1, out: '' });
  });
});

describe('errors', () => {
  it('name the code, every problem and what to do, beside the result', async () => {
    const world = await openCli();
    const path = join(await temporaryDirectory(), 'instance.json');
    await writeFile(path, JSON.stringify({ name: 'A B', application: 'none', schedule: { kind: 'never' } }));
    const { code, out, err } = await world.berth(['instance', 'create', '-f', path]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^berth: The instance does not fit: \d problems, .*\(instance\.invalid\)$/m);
    expect(err).toMatch(/^ {2}instance file:1 \$\.name: found "A B"; expected /m);
    expect(err).toMatch(/^ {2}Correct every problem that is named/m);
    const json = await world.berth(['instance', 'create', '-f', path, '--json']);
    expect(json.out).toBe('');
    expect(JSON.parse(json.err)).toMatchObject({ error: { code: 'instance.invalid', remedy: expect.any(String) } });
  });

  it.each([
    [['instance', 'create', '-f', '/no/such/file'], 1, 'cli.file-unreadable'],
    [['app', 'push', '/no/such/directory'], 1, 'cli.file-unreadable'],
    [['instance', 'create', '--name', 'x', '--param', 'novalue'], 64, 'cli.usage'],
    [['job', 'show', 'none'], 1, 'request.not-found'],
    [['job', 'ls', '--limit', 'many'], 1, 'query $.limit: found "many"'],
    [['app', 'push'], 64, "missing required argument 'path'"],
    [['nonsense'], 64, "unknown command 'nonsense'"],
    [['app', 'nonsense'], 64, "unknown command 'nonsense'"],
    [['status', '--nonsense'], 64, "unknown option '--nonsense'"],
    [['status', '--url', 'http://127.0.0.1:1'], 69, 'cli.unreachable'],
    [['status', '--url', 'nonsense'], 69, 'cli.unreachable'],
  ])('of %j exit with %i', async (words, code, said) => {
    expect(await (await openCli()).berth(words)).toMatchObject({ code, out: '', err: expect.stringContaining(said) });
  });

  it('tell when there is no token, and when something else than Berth answers', async () => {
    expect(await runWords(['status'], { credentials: { url: 'http://x', token: undefined } })).toMatchObject({
      code: 1,
      err: expect.stringContaining('BERTH_TOKEN'),
    });
    const { createServer } = await import('node:http');
    const server = createServer((_, response) => response.end('<html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const ran = await runWords(['status'], { credentials: { url: `http://127.0.0.1:${port}`, token: 'x' } });
    server.close();
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('cli.answer-unreadable') });
  });
});

describe('a directory', () => {
  it('gives the same zip wherever and whenever it lies there, without what is not of the application', async () => {
    const first = await buffer(await zipDirectory(EXAMPLE_APP));
    const copy = join(await temporaryDirectory(), 'elsewhere');
    await cp(EXAMPLE_APP, copy, { recursive: true });
    await cp(EXAMPLE_APP, join(copy, '.git'), { recursive: true });
    await cp(EXAMPLE_APP, join(copy, '__pycache__'), { recursive: true });
    expect((await buffer(await zipDirectory(copy))).equals(first)).toBe(true);
  });

  it('with a link to a directory, or a file that goes while it is read, is refused and not half sent', async () => {
    const { berth } = await openCli();
    const directory = await temporaryDirectory();
    await cp(EXAMPLE_APP, directory, { recursive: true });
    await symlink('/usr', join(directory, 'link'));
    expect(await berth(['app', 'push', directory])).toMatchObject({
      code: 1,
      err: expect.stringContaining('cli.file-unreadable'),
    });
  });
});

describe('node add', () => {
  it('shows the host key and adds nothing before the person has said that it is right', async () => {
    const world = await openCli();
    const asked: string[] = [];
    const fingerprint = 'SHA256:abc';
    const { addNode } = world.api.parts.nodes;
    const { BerthError } = await import('../../../src/model/errors.ts');
    const given: (string | undefined)[] = [];
    world.api.parts.nodes.addNode = async (request) => {
      given.push(request.expectedHostKey);
      if (request.expectedHostKey !== fingerprint)
        throw new BerthError('node.host-key-unconfirmed', { host: 'h', fingerprint });
      return addNode.call(world.api.parts.nodes, { ...request, access: { kind: 'local', socketPath: '/nowhere' } });
    };
    const add = (answer: boolean | undefined) =>
      world.berth(['node', 'add', 'ssh://h', '--name', 'n1'], {
        confirm: answer === undefined ? undefined : async (question) => asked.push(question) > 0 && answer,
      });
    expect(await add(undefined)).toMatchObject({ code: 1, err: expect.stringContaining('node.host-key-unconfirmed') });
    expect(await add(false)).toMatchObject({ code: 1 });
    expect(given).toEqual([undefined, undefined]);
    expect(asked).toEqual(['Is SHA256:abc the host key of that machine?']);
    const added = await add(true);
    expect(given).toEqual([undefined, undefined, undefined, fingerprint]);
    expect(added).toMatchObject({ code: 1, out: '', err: expect.stringContaining('machine.no-engine') });
  });
});
