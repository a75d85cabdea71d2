import { readdir, readFile, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Launched, launch, lives } from './launched.ts';
import { PlatformDouble } from './platform-double.ts';

const COUNTS = `
import berth, os
print("pid", os.getpid(), flush=True)
for number in range(20): berth.output.write(str(number))
print("written", flush=True)
berth.job.wait(60)
`;
const ALL = Array.from({ length: 20 }, (_, number) => String(number));

async function records(launched: Launched): Promise<readonly string[]> {
  return (await readdir(launched.path('spool'))).filter((name) => name.endsWith('.rec')).sort();
}

async function courierPid(launched: Launched): Promise<number> {
  return launched.courierPid(Number(/pid (\d+)/.exec(launched.stdout)?.[1]));
}

describe('the courier', () => {
  test('ships what was spooled while the platform was down, in order, each record once, and nothing stays', async () => {
    const launched = await launch({ script: COUNTS, platform: 'down', task: { kind: 'continuous' } });
    // The outputs of the algorithm, and the launcher's own word that a run began: two processes, in either order.
    await launched.until(async () => expect(await records(launched)).toHaveLength(21));
    const spooled = (await records(launched)).map((name) => name.replace('.rec', ''));
    await launched.platform.up();
    await launched.until(async () => expect(await records(launched)).toEqual([]));
    expect(launched.platform.arrived.map(({ id }) => id)).toEqual(spooled);
    expect(launched.platform.outputs()).toEqual(ALL);
  });

  test('finds a platform that went away and came back under the same path, and says nothing of it', async () => {
    const script = `
import berth, sys
print("up", flush=True)
while not berth.job.wait(0.1): berth.output.write("tick")
`;
    const launched = await launch({ script, task: { kind: 'continuous' } });
    await launched.until(() => expect(launched.platform.outputs().length).toBeGreaterThan(2));
    await launched.platform.down();
    await launched.until(async () => expect((await records(launched)).length).toBeGreaterThan(3));
    await launched.platform.up();
    await launched.until(async () => expect((await records(launched)).length).toBeLessThan(2));
    launched.platform.want({ stop: { reason: 'enough', killAt: null } });
    expect(await launched.exit).toBe(200);
    expect(launched.stderr).toBe('');
    const ids = launched.platform.arrived.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(ids.toSorted());
  });

  test('sends a record again whose answer it did not get, under the same id', async () => {
    const launched = await launch({ script: COUNTS, platform: 'down', task: { kind: 'continuous' } });
    await launched.printed('written');
    let failures = 3;
    const seen: string[] = [];
    launched.platform.answerRecord = ({ id }) => {
      seen.push(id);
      return failures-- > 0 ? 503 : 200;
    };
    await launched.platform.up();
    await launched.until(() => expect(launched.platform.outputs()).toEqual(ALL));
    expect(new Set(seen.slice(0, 4)).size).toBe(1);
  });

  test('puts a record aside that the platform refuses for good, says so, and ships the next', async () => {
    const launched = await launch({ script: COUNTS, platform: 'down', task: { kind: 'continuous' } });
    await launched.printed('written');
    launched.platform.answerRecord = ({ body }) => (body === '7' ? 400 : 200);
    await launched.platform.up();
    await launched.until(() => expect(launched.platform.outputs()).toEqual(ALL.filter((text) => text !== '7')));
    const [refused = ''] = await readdir(launched.path('spool', 'refused'));
    expect(await readFile(launched.path('spool', 'refused', refused), 'utf8')).toMatch(/^\{.*\}\n7$/);
    const id = refused.replace('.rec', '');
    expect(launched.stderr).toMatch(
      new RegExp(`^berth: the platform refused output ${id} for good; .*: 400 the reason\n$`),
    );
  });

  test('is started again when it is killed; nothing is lost and the notice still comes through', async () => {
    const launched = await launch({ script: COUNTS, platform: 'down', task: { kind: 'continuous' } });
    await launched.printed('written');
    const first = await courierPid(launched);
    process.kill(first, 'SIGKILL');
    await launched.until(async () => expect(await courierPid(launched)).not.toBe(first));
    await launched.until(async () => process.kill(await courierPid(launched), 'SIGTERM'));
    await launched.platform.up();
    await launched.until(() => expect(launched.platform.outputs()).toEqual(ALL));
    await launched.until(async () => process.kill(await courierPid(launched), 'SIGKILL'));
    launched.platform.want({ stop: { reason: 'enough', killAt: null } });
    expect(await launched.exit).toBe(200);
  });

  test('follows the path of the socket to another platform connection while the old one hangs', async () => {
    const launched = await launch({ script: COUNTS, task: { kind: 'continuous' } });
    await launched.until(() => expect(launched.platform.polls).toBeGreaterThan(1));
    const renewed = new PlatformDouble(join(launched.directory, 'renewed.sock'), null);
    renewed.want({ stop: { reason: 'enough', killAt: null } });
    await renewed.up();
    await symlink(renewed.socketPath, join(launched.directory, 'link'));
    await rename(join(launched.directory, 'link'), launched.platform.socketPath);
    expect(await launched.exit).toBe(200);
  });

  test('ends when its launcher is gone', async () => {
    const script = 'import os, time\nprint("pid", os.getpid(), flush=True)\ntime.sleep(60)\n';
    const launched = await launch({ script });
    await launched.printed('pid');
    await launched.until(async () => expect(await courierPid(launched)).toBeGreaterThan(0));
    const courier = await courierPid(launched);
    process.kill(launched.launcherPid, 'SIGKILL');
    await launched.until(async () => expect(await lives(courier)).toBe(false));
    process.kill(Number(/pid (\d+)/.exec(launched.stdout)?.[1]), 'SIGKILL');
    await launched.exit;
  });

  test('does not keep an end waiting when the platform is down, nor when it refuses to take records', async () => {
    const down = await launch({ script: 'print("over", flush=True)', platform: 'down' });
    await down.printed('over');
    const overAt = Date.now();
    expect(await down.exit).toBe(0);
    // Two seconds are what it would wait for a platform that may yet take something.
    expect(Date.now() - overAt).toBeLessThan(1800);
    const failing = await launch({ script: 'import berth\nberth.output.write("kept")', platform: 'down' });
    failing.platform.answerRecord = () => 500;
    await failing.platform.up();
    expect(await failing.exit).toBe(0);
    expect((await records(failing)).length).toBe(3);
  });
});
