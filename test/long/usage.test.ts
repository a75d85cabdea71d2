// What a container uses, as the platform tells it: of a program that computes all the time and holds memory.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { zipDirectory } from '../../src/cli/zip-directory.ts';
import { BerthProcess } from '../reality/spine/berth-process.ts';
import { Story } from '../reality/spine/story.ts';
import { until } from '../world/until.ts';

const MIB = 1024 * 1024;
const HELD_MIB = 40;
const BUSY = `
held = bytearray(b"x" * ${HELD_MIB * MIB})
while True: sum(range(10000))
`;

const platform = new BerthProcess();
let story: Story;

beforeAll(async () => {
  story = new Story(await platform.start());
  const directory = await mkdtemp(join(tmpdir(), 'berth-busy-'));
  try {
    const algorithm = { id: 'busy', name: 'Busy', script: 'busy.py', kind: 'continuous', output: 'none' };
    const resources = { cpus: 0.5, memoryMiB: 128, diskMiB: 32, pids: 32 };
    const config = { name: 'busy', version: '1', runtime: 'python', algorithms: [{ ...algorithm, resources }] };
    await writeFile(join(directory, 'app_config.json'), JSON.stringify(config));
    await writeFile(join(directory, 'busy.py'), BUSY);
    await story.client.call('pushPackage', { zip: await zipDirectory(directory) });
  } finally {
    await rm(directory, { recursive: true });
  }
}, 720_000);

afterAll(() => platform.remove(), 180_000);

test('a job tells the cores and the memory that each of its copies uses', async () => {
  await story.create('busy', 'busy', { application: 'busy', schedule: { kind: 'continuous' }, copies: 2 });
  const job = await story.running('busy');
  const usage = await until('each copy has used CPU and memory', 90_000, async () => {
    const found = await story.client.call('jobUsage', { params: { job: job.id } });
    return found.slots.length === 2 && found.slots.every(({ cpu }) => cpu.length > 0) ? found : undefined;
  });
  for (const { cpu, memory } of usage.slots) {
    expect(cpu.at(-1)?.mean).toBeGreaterThan(0.02);
    // Half a core is its limit; the two readings of a difference need not be exactly as far apart as they say.
    expect(cpu.at(-1)?.mean).toBeLessThan(0.75);
    expect(memory.at(-1)?.max).toBeGreaterThan(HELD_MIB * MIB);
    expect(memory.at(-1)?.max).toBeLessThanOrEqual(128 * MIB);
  }
  expect(usage.limits).toEqual({ cpus: 0.5, memoryBytes: 128 * MIB });
}, 540_000);
