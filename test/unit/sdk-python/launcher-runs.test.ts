import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { run } from '../../world/command.ts';
import { launch, SDK } from './launched.ts';

describe('an algorithm sees what plain Python would show it', () => {
  test('every byte of standard output and error comes through, and the launcher adds none', async () => {
    const script = `
import sys, os
data = bytes(range(256)) * 4096
os.write(1, b"\\xff\\xfe raw ")
sys.stdout.buffer.write(data)
sys.stderr.buffer.write(b"\\x00\\x80 err")
`;
    const launched = await launch({ script });
    expect(await launched.exit).toBe(0);
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const expected = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from(' raw '),
      ...Array.from({ length: 4096 }, () => all),
    ]);
    const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    expect(digest(launched.stdoutBytes)).toBe(digest(expected));
    expect(launched.stderr).toBe(Buffer.from([0x00, 0x80, 0x20, 0x65, 0x72, 0x72]).toString());
  });

  test('it is __main__, with its own argv, path, file, working directory, signals and session', async () => {
    const script = `
import os, signal, sys, __main__
def double(x): return x * 2
if __name__ == "__main__":
    print(__file__ == os.path.join(os.getcwd(), "main.py"), __main__.__file__ == __file__)
    print(sys.argv == [__file__], sys.path[0] == os.getcwd())
    print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, signal.getsignal(signal.SIGINT) is signal.default_int_handler)
    print(signal.pthread_sigmask(signal.SIG_BLOCK, []), os.getsid(0) == os.getpid())
    import multiprocessing
    with multiprocessing.get_context("spawn").Pool(1) as pool: print(pool.map(double, [21]))
`;
    const launched = await launch({ script });
    expect(await launched.exit, launched.stderr).toBe(0);
    expect(launched.lines).toEqual(['True True', 'True True', 'True True', 'set() True', '[42]']);
  });

  test('an uncaught error is shown without the launcher, handlers at exit run, and the exit code is 1', async () => {
    const script = `
import atexit
atexit.register(print, "bye")
def fail(): raise ValueError("no sensor")
fail()
`;
    const launched = await launch({ script, task: { runsPerTask: 1 } });
    expect(await launched.exit).toBe(204);
    const file = join(launched.directory, 'app', 'main.py');
    expect(launched.stderr.replaceAll(/^ *[\^~]+\n/gm, '')).toBe(
      `Traceback (most recent call last):\n  File "${file}", line 5, in <module>\n    fail()\n` +
        `  File "${file}", line 4, in fail\n    def fail(): raise ValueError("no sensor")\nValueError: no sensor\n`,
    );
    expect(launched.stdout).toBe('bye\n');
    await launched.until(() => expect(launched.platform.runs().at(-1)).toMatchObject({ exitCode: 1, signal: null }));
  });

  test('a script that does not compile, or is not there, ends its runs with the ordinary message', async () => {
    const broken = await launch({ script: 'if:\n', task: { runsPerTask: 1 } });
    expect(await broken.exit).toBe(204);
    expect(broken.stderr).toContain('SyntaxError: invalid syntax');
    expect(broken.stderr).not.toContain('launch.py');
    const missing = await launch({ script: '', task: { runsPerTask: 1, script: 'none.py' } });
    expect(await missing.exit).toBe(204);
    expect(missing.stderr).toMatch(/^berth: the script .*none\.py cannot be read: No such file or directory\n$/);
  });
});

describe('an algorithm that ends is judged and, if need be, run again', () => {
  test('a run to completion that ends with 0 ends the task with 0; its run and its output have arrived', async () => {
    const launched = await launch({ script: 'import berth\nberth.output.write("forty-two")\n' });
    expect(await launched.exit, launched.stderr).toBe(0);
    expect(launched.platform.outputs()).toEqual(['forty-two']);
    expect(launched.platform.runs()).toMatchObject([
      { number: 1, endedAt: null, exitCode: null },
      { number: 1, exitCode: 0, signal: null },
    ]);
    expect(await readdir(launched.path('spool'))).toEqual([]);
  });

  test('crashes are restarted at once, then after half a second and a second, until the task gives up with 204', async () => {
    const script = 'import berth\nprint("run", berth.job.run, flush=True)\nraise SystemExit(3)\n';
    const launched = await launch({ script, task: { runsPerTask: 4 } });
    expect(await launched.exit).toBe(204);
    expect(launched.lines).toEqual(['run 1', 'run 2', 'run 3', 'run 4']);
    const runs = launched.platform.runs();
    expect(runs.map(({ number, exitCode }) => [number, exitCode])).toEqual([
      [1, null],
      [1, 3],
      [2, null],
      [2, 3],
      [3, null],
      [3, 3],
      [4, null],
      [4, 3],
    ]);
    const gap = (number: number) => {
      const before = runs.find((run) => run.number === number - 1 && run.endedAt !== null);
      const after = runs.find((run) => run.number === number);
      return Number(after?.startedAt) - Number(before?.endedAt);
    };
    expect(gap(2)).toBeLessThan(480);
    expect(gap(3)).toBeGreaterThanOrEqual(480);
    expect(gap(4)).toBeGreaterThanOrEqual(980);
  });

  test('a continuous algorithm that ends with 0 is started again, and too soon an end counts as a failure', async () => {
    const launched = await launch({
      script: 'print("turn", flush=True)',
      task: { kind: 'continuous', runsPerTask: 2 },
    });
    expect(await launched.exit).toBe(204);
    expect(launched.lines).toEqual(['turn', 'turn']);
  });

  test('a run that lived long enough resets the count of failures', async () => {
    const script = `
import berth, time
print("run", berth.job.run, flush=True)
if berth.job.run == 4: raise SystemExit(0)
time.sleep(0.3)
raise SystemExit(1)
`;
    const launched = await launch({ script, task: { runsPerTask: 2, stableAfterMs: 250 } });
    expect(await launched.exit).toBe(0);
    expect(launched.lines).toEqual(['run 1', 'run 2', 'run 3', 'run 4']);
  });

  test('an algorithm that is killed is restarted, and its record names the signal', async () => {
    const script = `
import berth, os, signal
if berth.job.run == 1: os.kill(os.getpid(), signal.SIGKILL)
`;
    const launched = await launch({ script });
    expect(await launched.exit).toBe(0);
    expect(launched.platform.runs()[1]).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  });

  test('no run inherits a descriptor of the launcher', async () => {
    const script = `
import berth, os
print(sorted(os.listdir("/proc/self/fd"), key=int), flush=True)
if berth.job.run < 3: raise SystemExit(1)
`;
    const launched = await launch({ script });
    expect(await launched.exit, launched.stderr).toBe(0);
    expect(launched.lines).toHaveLength(3);
    expect(new Set(launched.lines).size).toBe(1);
  });

  test('an interrupt goes to the algorithm, which is restarted; the platform need not be there', async () => {
    const script = `
import berth, time
print("up", berth.job.run, flush=True)
if berth.job.run == 2: raise SystemExit(0)
time.sleep(60)
`;
    const launched = await launch({ script, platform: 'down' });
    await launched.printed('up 1');
    launched.signal('SIGINT');
    expect(await launched.exit).toBe(0);
    expect(launched.lines).toEqual(['up 1', 'up 2']);
    expect(launched.stderr).toContain('KeyboardInterrupt');
  });

  test('what a run started does not live on beside the next run', async () => {
    const script = `
import berth, os, subprocess
if berth.job.run == 1:
    left = subprocess.Popen(["sleep", "60"])
    with open("left", "w") as file: file.write(str(left.pid))
    os._exit(1)
with open("left") as file: left = file.read()
try:
    with open(f"/proc/{left}/stat") as file: state = file.read().rpartition(") ")[2][0]
except FileNotFoundError: state = "gone"
print(state in ("gone", "Z"))
`;
    const launched = await launch({ script });
    expect(await launched.exit, launched.stderr).toBe(0);
    expect(launched.stdout).toBe('True\n');
  });
});

describe('a launcher that waits or cannot start', () => {
  test("the algorithm starts at the moment given, on the platform's clock", async () => {
    const startsAt = Date.now() + 700;
    const script = 'import time\nprint(time.time() * 1000)\n';
    const launched = await launch({
      script,
      task: { startsAt: startsAt - 60_000, clockOffsetMs: 60_000 },
      platform: 'down',
    });
    expect(await launched.exit).toBe(0);
    const late = Number(launched.lines[0]) - startsAt;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(30_000);
  });

  test('a task document that cannot be used ends it with 205 and one line that says why', async () => {
    const launched = await launch({ script: 'print("never")', task: { script: 7 } });
    expect(await launched.exit).toBe(205);
    expect(launched.stdout).toBe('');
    expect(launched.stderr).toBe(
      "berth: the task could not be prepared: its field 'script' must be a non-empty text\n",
    );
  });

  test('a container that nobody told what to run ends with 207, having run nothing', async () => {
    const directory = await temporaryDirectory();
    const told = await run(['python3', '-B', join(SDK, 'launch.py'), join(directory, '.berth', 'task.json')]);
    expect(told).toMatchObject({
      code: 207,
      stdout: '',
      stderr: expect.stringMatching(/^berth: standard input ended.*\n$/),
    });
  });

  test('a declared host whose address cannot be listened on ends it with 205', async () => {
    const network = [{ host: 'example.org', address: '192.0.2.1', ports: [10443] }];
    const launched = await launch({ script: 'print("never")', task: { network } });
    expect(await launched.exit).toBe(205);
    expect(launched.stderr).toMatch(/^berth: .*no socket could listen on 192\.0\.2\.1:10443.*\n$/);
  });

  test('half-written records of processes that died are removed', async () => {
    const script = `
import berth, os
if berth.job.run == 1:
    open(os.path.join("..", "scratch", "spool", "00001-1-1.part"), "x").close()
    raise SystemExit(1)
print(os.listdir(os.path.join("..", "scratch", "spool")))
`;
    const launched = await launch({ script });
    expect(await launched.exit).toBe(0);
    expect(launched.stdout).not.toContain('00001-1-1');
  });
});
