// Logs of real containers: every byte, through kills of the platform, floods, and containers that others remove.
import { createHash } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { followLog } from '../../src/nodes/log-reads.ts';
import { until } from '../world/until.ts';
import { containerEnded, evidenceMachine, evidenceWorld } from './evidence-world.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Writes numbered lines of its own to both streams, alternating, with pauses; `linesOf` says what they are. */
function numbered(lines: number, pauseSeconds: number): string {
  return [
    'import os, time, hashlib',
    `for i in range(${lines}):`,
    "  os.write(1 + i % 2, hashlib.sha256(str(i // 3).encode()).digest().replace(b'\\n', b'') + b'\\n')",
    `  time.sleep(${pauseSeconds})`,
  ].join('\n');
}

function linesOf(lines: number, stream: 0 | 1): Buffer {
  const all = Array.from({ length: lines }, (_, i) => i).filter((i) => i % 2 === stream);
  return Buffer.concat(
    all.map((i) => {
      const digest = createHash('sha256')
        .update(String(Math.floor(i / 3)))
        .digest();
      return Buffer.concat([Buffer.from(digest.filter((byte) => byte !== 10)), Buffer.from('\n')]);
    }),
  );
}

test('NUL, invalid UTF-8, very long lines, both streams, and an end without newline are kept byte for byte', async () => {
  const machine = await evidenceMachine();
  const world = await evidenceWorld();
  const code = [
    'import os, time',
    'def say(to, data): os.write(to, data); time.sleep(0.02)',
    "say(1, bytes(range(256)) + b'\\n')",
    "say(2, b'error\\n')",
    "say(1, b'x' * 40960 + b'\\n')",
    "say(2, b'\\xff\\xfe\\x00\\n')",
    "say(1, b'\\n\\n')",
    "say(1, b'no newline')",
  ].join('\n');
  const task = await world.start(machine, { command: [code] });
  world.keeper().follow(task, machine);
  await containerEnded(machine, task.id);
  const lines = await world.keeper().finish(task, machine);
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const written = Buffer.concat([all, Buffer.from(`\n${'x'.repeat(40_960)}\n\n\nno newline`)]);
  const stdout = await world.bytes(task, 'stdout');
  // An engine may end the last line itself; nothing else may differ.
  expect(stdout.subarray(0, written.length).equals(written)).toBe(true);
  expect(stdout.subarray(written.length).toString()).toMatch(/^\n?$/);
  expect(await world.bytes(task, 'stderr')).toEqual(Buffer.from([...Buffer.from('error\n'), 255, 254, 0, 10]));
  expect(lines.at(-1)).toBe('no newline');
  expect(await world.gaps(task)).toEqual([]);
});

test('a platform that is killed again and again while an application writes loses nothing and doubles nothing', async () => {
  const machine = await evidenceMachine();
  const world = await evidenceWorld();
  const task = await world.start(machine, { command: [numbered(3000, 0.001)] });
  for (let round = 0; round < 5; round++) {
    world.keeper().follow(task, machine);
    const tail = world.reading().live.get(task.id);
    const before = (await world.entries(task)).length;
    await until('more to be written', 20_000, async () =>
      (await world.entries(task)).length > before + 100 ? true : undefined,
    );
    if (round % 2) await tail?.flush();
    world.kill();
    world.startAgain();
  }
  world.keeper().follow(task, machine);
  await containerEnded(machine, task.id);
  await world.keeper().finish(task, machine);
  expect(sha256(await world.bytes(task, 'stdout'))).toBe(sha256(linesOf(3000, 0)));
  expect(sha256(await world.bytes(task, 'stderr'))).toBe(sha256(linesOf(3000, 1)));
  expect(await world.gaps(task)).toEqual([]);
});

test('what a container wrote while the platform was down is fetched at its end', async () => {
  const machine = await evidenceMachine();
  const world = await evidenceWorld();
  const task = await world.start(machine, { command: [numbered(600, 0.002)] });
  world.keeper().follow(task, machine);
  await until('the log to begin', 20_000, async () => ((await world.entries(task)).length > 50 ? true : undefined));
  await world.keeper().close();
  await containerEnded(machine, task.id);
  world.startAgain();
  const lines = await world.keeper().finish(task, machine);
  expect(lines).toHaveLength(20);
  expect(sha256(await world.bytes(task, 'stdout'))).toBe(sha256(linesOf(600, 0)));
  expect(await world.keeper().finish(task, machine)).toEqual(lines);
  expect(sha256(await world.bytes(task, 'stderr'))).toBe(sha256(linesOf(600, 1)));
});

test('a flood of 20 MB is kept whole with bounded memory', async ({ annotate }) => {
  const machine = await evidenceMachine();
  const world = await evidenceWorld();
  const code = "import sys\nfor i in range(200000): sys.stdout.write('%099d\\n' % i)";
  const task = await world.start(machine, { entrypoint: ['python3', '-c'], command: [code] });
  const before = process.memoryUsage();
  let most = 0;
  const sampling = setInterval(() => {
    const now = process.memoryUsage();
    most = Math.max(most, now.heapUsed + now.external - before.heapUsed - before.external);
  }, 20);
  onTestFinished(() => clearInterval(sampling));
  const begun = performance.now();
  world.keeper().follow(task, machine);
  await containerEnded(machine, task.id);
  await world.keeper().finish(task, machine);
  clearInterval(sampling);
  await annotate(
    `20 MB in ${Math.round(performance.now() - begun)} ms, at most ${Math.round(most / 1e6)} MB of memory`,
  );
  const expected = Buffer.from(Array.from({ length: 200_000 }, (_, i) => `${String(i).padStart(99, '0')}\n`).join(''));
  expect(sha256(await world.bytes(task, 'stdout'))).toBe(sha256(expected));
  expect(await world.gaps(task)).toEqual([]);
  expect(most).toBeLessThan(150e6);
});

test('a flood that is longer than a file of the engine is stored whole, and reaches who follows the job whole or with its gaps told', async ({
  annotate,
}) => {
  const machine = await evidenceMachine();
  const world = await evidenceWorld();
  const lines = 400_000;
  const code = `import sys\nfor i in range(${lines}): sys.stdout.write('%099d\\n' % i)`;
  const task = await world.start(machine, { entrypoint: ['python3', '-c'], command: [code] });
  world.keeper().follow(task, machine);
  const seen = { lines: 0, gaps: 0, outOfPlace: 0 };
  const left = new AbortController();
  onTestFinished(() => left.abort());
  const following = (async () => {
    for await (const entries of followLog(world.reading(), { task: task.id, sinceNs: 0n, known: 0 }, left.signal)) {
      for (const entry of entries) {
        if ('gap' in entry) seen.gaps += Number(/^(\d+) pieces/.exec(entry.gap)?.[1]);
        else if (Number(entry.bytes.toString()) !== seen.lines++ + seen.gaps) seen.outOfPlace += 1;
      }
    }
  })();
  await containerEnded(machine, task.id);
  await world.keeper().finish(task, machine);
  await following;
  await annotate(`40 MB: ${seen.lines} lines were followed, ${seen.gaps} were left out and told`);
  const expected = createHash('sha256');
  for (let i = 0; i < lines; i++) expected.update(`${String(i).padStart(99, '0')}\n`);
  const stored = await world.bytes(task, 'stdout');
  expect({ bytes: stored.length, gaps: await world.gaps(task) }).toEqual({ bytes: lines * 100, gaps: [] });
  expect(sha256(stored)).toBe(expected.digest('hex'));
  expect(seen).toMatchObject({ outOfPlace: 0 });
  expect(seen.lines + seen.gaps).toBe(lines);
});

test('a viewer sees a line as soon as it is written', async ({ annotate }) => {
  const machine = await evidenceMachine();
  const world = await evidenceWorld();
  const code = 'import time\ntime.sleep(0.5)\nfor i in range(40): print(time.time(), flush=True); time.sleep(0.05)';
  const task = await world.start(machine, { command: [code] });
  world.keeper().follow(task, machine);
  const latencies: number[] = [];
  const left = new AbortController();
  onTestFinished(() => left.abort());
  for await (const entries of followLog(world.reading(), { task: task.id, sinceNs: 0n, known: 0 }, left.signal)) {
    for (const entry of entries)
      if ('bytes' in entry) latencies.push(Date.now() - Number(entry.bytes.toString()) * 1000);
    if (latencies.length === 40) break;
  }
  latencies.sort((a, b) => a - b);
  await annotate(`line to viewer: median ${latencies[20]?.toFixed(1)} ms, worst ${latencies.at(-1)?.toFixed(1)} ms`);
  expect(latencies[20]).toBeLessThan(1000);
});

test('a container that was removed while the platform was down leaves a gap, not silence', async () => {
  const machine = await evidenceMachine();
  const world = await evidenceWorld();
  const task = await world.start(machine, { command: [numbered(100_000, 0.001)] });
  world.keeper().follow(task, machine);
  await until('the log to begin', 20_000, async () => ((await world.entries(task)).length > 50 ? true : undefined));
  await world.keeper().close();
  await machine.removeContainer(task.id);
  world.startAgain();
  await world.keeper().finish(task, machine);
  await world.keeper().finish(task, machine);
  expect(await world.gaps(task)).toEqual([expect.stringContaining('removed before its log was kept')]);
  const kept = await world.bytes(task, 'stdout');
  expect(linesOf(100_000, 0).subarray(0, kept.length).equals(kept)).toBe(true);
});

test('a container that somebody removes while it is followed is kept as far as it was read, and a doubt is told', async () => {
  const machine = await evidenceMachine();
  const world = await evidenceWorld();
  const task = await world.start(machine, {
    command: ["import time\nprint('last words', flush=True)\ntime.sleep(60)"],
  });
  world.keeper().follow(task, machine);
  await until('the line', 20_000, async () => ((await world.entries(task)).length === 1 ? true : undefined));
  await machine.removeContainer(task.id);
  const [line, ...doubt] = await world.keeper().finish(task, machine);
  expect(line).toBe('last words');
  // Engines differ, also from time to time: some end the log properly before they remove it.
  expect(doubt.join()).toMatch(/^$|last lines may be missing/);
  expect(await world.gaps(task)).toHaveLength(doubt.length);
});

test('a task whose container never started has an empty log without a gap', async () => {
  const machine = await evidenceMachine();
  const world = await evidenceWorld();
  const task = await world.start(machine, { command: ['pass'] });
  const never = { ...task, id: 'evidence-never' };
  expect(await world.keeper().finish(never, machine)).toEqual([]);
  expect(await world.keeper().finish(never, undefined)).toEqual([]);
  expect(await world.gaps(never)).toEqual([]);
});
