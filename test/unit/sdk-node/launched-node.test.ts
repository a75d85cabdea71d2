// Node under the launcher: started, restarted, waiting for its time, told to end.
import { describe, expect, test } from 'vitest';
import type { Launched } from '../sdk-python/launched.ts';
import { launchNode, printed } from './node-launch.ts';

const SAYS_WHEN = 'console.log(Date.now());\n';
/** Enough for the launcher and for Node to be ready on a machine that has other things to do. */
const LEAD_MS = 2000;
/** Room for such a machine. */
const LATE_MS = 2000;

describe('a script', () => {
  test('sees what `node script` would show it', async () => {
    const launched = await launchNode(`
console.log(JSON.stringify([process.argv.length, process.argv[1].endsWith('/app/main.mjs'), process.execArgv, process.cwd().endsWith('/app')]));
console.log(JSON.stringify(process.stdin.isTTY ?? null));
process.stdin.resume().on('end', () => console.log('"no input"'));
`);
    expect(await printed(launched)).toEqual([[2, true, [], true], null, 'no input']);
    expect(launched.stderr).toBe('');
    expect(launched.platform.runs().map(({ exitCode }) => exitCode)).toEqual([null, 0]);
  });

  test.each([
    [
      'main.ts',
      "import { job, type Job } from 'berth';\nconst seen: Job = job;\nconsole.log(JSON.stringify(seen.slot));\n",
    ],
    ['main.cjs', "const { job } = require('berth');\nconsole.log(JSON.stringify(job.slot));\n"],
    ['main.js', "import { job } from 'berth';\nconsole.log(JSON.stringify(job.slot));\n"],
    ['main.js', "const { job } = require('berth');\nconsole.log(JSON.stringify(job.slot));\n"],
  ])('%s loads the SDK', async (file, text) => {
    expect(await printed(await launchNode(text, { file, task: { slot: 3 } }))).toEqual([3]);
  });

  test('that crashes is started again, and its exit code and signal are told', async () => {
    const script = `
import { job } from 'berth';
if (job.run === 1) process.exit(7);
if (job.run === 2) throw new Error('deliberate');
if (job.run === 3) process.kill(process.pid, 'SIGKILL');
console.log(job.run);
`;
    const launched = await launchNode(script, { task: { runsPerTask: 5, stableAfterMs: 60_000 } });
    expect(await printed(launched)).toEqual([4]);
    const ends = launched.platform.runs().filter(({ endedAt }) => endedAt !== null);
    expect(ends.map(({ exitCode, signal }) => exitCode ?? signal)).toEqual([7, 1, 'SIGKILL', 0]);
    expect(launched.stderr).toContain('Error: deliberate');
  });

  test('that is missing is told by Node itself', async () => {
    const launched = await launchNode("import './absent.mjs';\n");
    expect(await launched.exit).toBe(204);
    expect(launched.stderr).toContain('ERR_MODULE_NOT_FOUND');
  });
});

describe('a Node that came early', () => {
  async function firstLineAt(launched: Launched): Promise<number> {
    expect(await launched.exit, launched.stderr).toBe(0);
    return Number(launched.lines[0]);
  }

  test('begins at its time, itself not being started then any more', async () => {
    const startsAt = Date.now() + LEAD_MS;
    const launched = await launchNode(SAYS_WHEN, { task: { startsAt } });
    const at = await firstLineAt(launched);
    expect(at).toBeGreaterThanOrEqual(startsAt);
    expect(at).toBeLessThan(startsAt + LATE_MS);
    expect(launched.stderr).toBe('');
  });

  test('leaves nothing of its waiting to the processes and threads that the script starts', async () => {
    const script = `
import { fork } from 'node:child_process';
import { isMainThread, Worker } from 'node:worker_threads';
if (!isMainThread || process.send) console.log(isMainThread ? '"forked"' : '"thread"');
else {
  console.log(JSON.stringify(process.execArgv));
  fork(process.argv[1]).on('exit', () => new Worker(process.argv[1]));
}
`;
    const launched = await launchNode(script, { task: { startsAt: Date.now() + LEAD_MS } });
    expect(await printed(launched)).toEqual([[], 'forked', 'thread']);
  });

  test('never begins when the job is stopped before', async () => {
    const launched = await launchNode(SAYS_WHEN, { task: { startsAt: Date.now() + 20_000 } });
    await launched.until(() => expect(launched.platform.polls).toBeGreaterThan(0));
    launched.platform.want({ stop: { reason: 'no', killAt: null } });
    expect(await launched.exit).toBe(200);
    expect([launched.stdout, launched.stderr]).toEqual(['', '']);
    expect(launched.platform.runs()).toEqual([]);
  });
});

describe('an end', () => {
  test('by TERM ends a program at once that never asked', async () => {
    const launched = await launchNode("console.log('up'); setInterval(() => {}, 1000);", {
      task: { kind: 'continuous', graceMs: 20_000 },
    });
    await launched.printed('up');
    const before = Date.now();
    launched.platform.want({ stop: { reason: 'enough', killAt: null } });
    launched.signal('SIGTERM');
    expect(await launched.exit).toBe(200);
    expect(Date.now() - before).toBeLessThan(5000);
  });

  test('is told to one that asks, by every way of asking', async () => {
    const launched = await launchNode(
      `
import { job } from 'berth';
job.onStop(() => console.log('called back'));
job.signal.addEventListener('abort', () => console.log('aborted', job.signal.reason.name));
console.log('up', job.stopping(), await job.wait(0.01));
console.log('waited', await job.wait(60), job.stopping());
job.onStop(() => console.log('called back at once'));
`,
      { task: { kind: 'continuous', graceMs: 5000 } },
    );
    await launched.printed('up false false');
    launched.platform.want({ stop: { reason: 'enough', killAt: Date.now() + 5000 } });
    launched.signal('SIGTERM');
    expect(await launched.exit).toBe(200);
    expect(launched.lines.slice(1)).toEqual([
      'aborted AbortError',
      'called back',
      'waited true true',
      'called back at once',
    ]);
  });

  test("is seen by the platform's notice alone", async () => {
    const launched = await launchNode(
      "import { job } from 'berth';\nconsole.log('up');\nconsole.log(await job.wait(60));\n",
      {
        task: { kind: 'continuous', graceMs: 5000 },
      },
    );
    await launched.printed('up');
    launched.platform.want({ stop: { reason: 'enough', killAt: Date.now() + 8000 } });
    expect(await launched.exit).toBe(200);
    expect(launched.lines).toEqual(['up', 'true']);
  });
});
