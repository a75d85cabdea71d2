// The example application is accepted as it lies in the repository, with its instance files, and its scripts run with the real SDK.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import yazl from 'yazl';
import { createInstance } from '../../../src/applications/instance-requests.ts';
import { pushPackage } from '../../../src/applications/package-requests.ts';
import { launch } from '../sdk-python/launched.ts';
import { openRepository, type Repository } from './repository.ts';

const EXAMPLE = join(import.meta.dirname, '../../../examples/room-report');
const APP = join(EXAMPLE, 'app');

let repository: Repository;
beforeEach(async () => {
  repository = await openRepository();
});
afterEach(() => repository.end());

async function zipOf(directory: string): Promise<Readable> {
  const zip = new yazl.ZipFile();
  const files = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))) {
    const path = join(file.parentPath, file.name);
    zip.addFile(path, relative(directory, path));
  }
  zip.end();
  return Readable.from(zip.outputStream, { objectMode: false });
}

/** A script of the example as the launcher starts it, with its own directory as the scratch volume. */
function run(script: string, task: Readonly<Record<string, unknown>>) {
  const path = JSON.stringify(join(APP, script));
  const start = `import os, runpy\nos.environ["HOME"] = os.getcwd()\nrunpy.run_path(${path}, run_name="__main__")\n`;
  return launch({ script: start, task: { runsPerTask: 1, ...task } });
}

describe('the example application', () => {
  test('is accepted, and so is each of its instance files', async () => {
    const pushed = await pushPackage(repository.parts, await zipOf(APP));
    expect(pushed.package.config.dependencies).toEqual({ pip: [], debian: [], npm: [] });
    for (const name of await readdir(join(EXAMPLE, 'instances'))) {
      const contents = await readFile(join(EXAMPLE, 'instances', name));
      const instance = await createInstance(repository.parts, { name, contents });
      expect(instance.application).toBe('room-report');
    }
  });

  test('reports on every room and ends', async () => {
    const launched = await run('report.py', { parameters: { comfort_low: '19' } });
    expect(await launched.exit, launched.stderr).toBe(0);
    const [report] = launched.platform.arrived.filter(({ header }) => header.kind === 'file');
    expect(report?.header).toMatchObject({ name: 'report-0.csv', contentType: 'text/csv' });
    const [head, ...rows] = (report?.body ?? '').trim().split('\r\n');
    expect(head).toBe('room,hours,lowest,mean,highest,hours_too_cold,hours_too_warm,mean_humidity');
    expect(rows.map((row) => row.split(',')[0])).toEqual([
      'Laboratory',
      'Lecture hall',
      'Library',
      'Server room',
      'Workshop',
    ]);
    expect(launched.lines).toHaveLength(5);
  });

  test('shares the rooms between copies', async () => {
    const launched = await run('report.py', { slot: 1, copies: 2 });
    expect(await launched.exit, launched.stderr).toBe(0);
    expect(launched.lines.map((line) => line.split(':')[0])).toEqual(['Lecture hall', 'Server room']);
  });

  test('watches the machine until it is told to stop, and ends in its grace period', async () => {
    const launched = await run('watch.py', { kind: 'continuous', parameters: { every_seconds: '0.1' } });
    await launched.until(() => expect(launched.platform.arrived.length).toBeGreaterThan(2));
    launched.platform.want({ stop: { reason: 'the test is over', killAt: Date.now() + 10_000 } });
    await launched.exit;
    const [first] = launched.platform.arrived.filter(({ header }) => header.kind === 'json');
    expect(first?.header.name).toBe('machine');
    const looked: unknown = JSON.parse(first?.body ?? '');
    expect(looked).toMatchObject({ look: 1, cpus: expect.any(Number), memory_used_percent: expect.any(Number) });
    expect(launched.stderr).toContain('Stopping as asked');
  });
});
