// Applications that go beyond their limits, and a platform that is asked to leave: what a person is told, and what lives on.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../../../src/cli/api-client.ts';
import { zipDirectory } from '../../../src/cli/zip-directory.ts';
import { BerthProcess } from './berth-process.ts';
import { Story } from './story.ts';

const MIB = 1024 * 1024;
const LARGE_BYTES = 70 * MIB;

const SCRIPTS: Readonly<Record<string, string>> = {
  memory: 'eaten = []\nwhile True: eaten.append(bytearray(1 << 20))\n',
  processes: `
import os, time
made = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(60); os._exit(0)
        made += 1
except OSError as error: print(made, error.strerror, flush=True)
`,
  large: `
import berth, pathlib
path = pathlib.Path("/scratch/large.bin"); path.write_bytes(b"x" * ${LARGE_BYTES})
berth.output.file(path)
`,
};

const platform = new BerthProcess();
let story: Story;

beforeAll(async () => {
  story = new Story(await platform.start());
  await push(story.client);
}, 720_000);

afterAll(() => platform.remove(), 180_000);

async function push(client: ApiClient): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-greedy-'));
  try {
    const algorithms = Object.keys(SCRIPTS).map((id) => ({
      ...{ id, name: id, script: `${id}.py`, kind: 'run-to-completion', output: 'text' },
      resources: { cpus: 0.1, memoryMiB: id === 'large' ? 160 : 48, diskMiB: 160, pids: 32 },
    }));
    const config = { name: 'greedy', version: '1', runtime: 'python', algorithms };
    await writeFile(join(directory, 'app_config.json'), JSON.stringify(config));
    for (const [id, text] of Object.entries(SCRIPTS)) await writeFile(join(directory, `${id}.py`), text);
    await client.call('pushPackage', { zip: await zipDirectory(directory) });
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function ended(algorithm: string) {
  const restart = { runsPerTask: 2, tasks: 1, backoff: '200ms', maxBackoff: '1s', stableAfter: '60s' };
  await story.create(algorithm, algorithm, { application: 'greedy', restart });
  return story.ended(algorithm);
}

describe('an application that', () => {
  test('eats more memory than it asked for fails with that reason, and its log tells it of each run', async () => {
    const job = await ended('memory');
    expect([job.state, job.tasks[0]?.exitCode]).toEqual(['failed', 206]);
    expect(job.reason).toContain('It ran out of memory: its limit is 48 MiB.');
    expect(job.lastLines.filter((line) => line.includes('ran out of memory'))).toHaveLength(2);
  });

  test('starts more processes than it asked for is told so by its kernel, and completes', async () => {
    const job = await ended('processes');
    expect([job.state, job.tasks.length]).toEqual(['succeeded', 1]);
    expect(await story.text(job.id)).toMatch(/^\d+ Resource temporarily unavailable$/m);
  });

  test('gives an output that is larger than its spool has it delivered', async () => {
    const job = await ended('large');
    const outputs = await story.outputs(job.id);
    expect(outputs.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([['large.bin', LARGE_BYTES]]);
  });
});

test('a platform that is asked to leave is gone within seconds', async () => {
  const asked = performance.now();
  await platform.stop();
  expect(performance.now() - asked).toBeLessThan(10_000);
  expect(platform.output).toContain('Stopping Berth; applications go on: done');
});
