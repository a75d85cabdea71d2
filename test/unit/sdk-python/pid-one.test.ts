// The launcher as what it is in a container: process 1 of its own process namespace.
import { describe, expect, test } from 'vitest';
import { childrenOf, type Launched, launch, type Wanted } from './launched.ts';

async function launchAsPidOne(wanted: Omit<Wanted, 'under'>): Promise<Launched> {
  const own = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const under = ['unshare', ...own, '--pid', '--fork', '--mount-proc', '--kill-child'];
  const launched = await launch({ ...wanted, under });
  await launched.until(async () => {
    const [inner] = await childrenOf(launched.child.pid ?? 0);
    if (inner === undefined) throw new Error('The namespace has no process yet.');
    launched.launcherPid = inner;
  });
  return launched;
}

describe('as process 1', () => {
  test('orphans are collected, whoever made them', async () => {
    const script = `
import os, time
def zombies():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rpartition(") ")[2][0] == "Z": found.append(pid)
        except (FileNotFoundError, ProcessLookupError):
            pass  # It was collected meanwhile.
    return found
lives, life = os.pipe()
for _ in range(20):
    pid = os.fork()
    if pid == 0:
        if os.fork() == 0: os._exit(0)
        os._exit(0)
    os.waitpid(pid, 0)
os.close(life)
os.read(lives, 1)  # Comes back when the last of them has ended.
until = time.monotonic() + 10
left = zombies()
while left and time.monotonic() < until:
    time.sleep(0.01)
    left = zombies()
print(os.getppid(), left)
`;
    const launched = await launchAsPidOne({ script });
    expect(await launched.exit, launched.stderr).toBe(0);
    expect(launched.stdout).toBe('1 []\n');
  });

  test('nothing of a run lives on beside the next, daemons in sessions of their own included', async () => {
    const script = `
import berth, os, signal, time
def others(): return [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and int(pid) not in (1, os.getpid())]
if berth.job.run == 1:
    out, into = os.pipe()
    for _ in range(5):
        if os.fork() == 0:
            os.setsid()
            if os.fork() != 0: os._exit(0)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.write(into, b".")
            while True: time.sleep(60)
    for _ in range(5): os.read(out, 1)
    print("daemons", len(others()) >= 5, flush=True)
    os._exit(1)
print("others", len(others()))
`;
    const launched = await launchAsPidOne({ script });
    expect(await launched.exit, launched.stderr).toBe(0);
    expect(launched.lines).toEqual(['daemons True', 'others 1']);
  });

  test('the algorithm cannot kill it, and is restarted when it kills everything it can', async () => {
    const script = `
import berth, os, signal
if berth.job.run == 1:
    os.kill(1, signal.SIGKILL)
    os.kill(1, signal.SIGSEGV)
    print("tried", flush=True)
    os.kill(-1, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
berth.output.write("still here")
`;
    const launched = await launchAsPidOne({ script });
    expect(await launched.exit, launched.stderr).toBe(0);
    expect(launched.stdout).toBe('tried\n');
    await launched.until(() => expect(launched.platform.outputs()).toEqual(['still here']));
  });

  test('TERM and INT reach it from outside from the first moment that the algorithm runs', async () => {
    const script = 'import time\nprint("up", flush=True)\ntime.sleep(60)\n';
    const stopped = await launchAsPidOne({ script });
    await stopped.printed('up');
    stopped.signal('SIGTERM');
    expect(await stopped.exit).toBe(203);
    const interrupted = await launchAsPidOne({ script, task: { runsPerTask: 1 } });
    await interrupted.printed('up');
    interrupted.signal('SIGINT');
    expect(await interrupted.exit).toBe(204);
    expect(interrupted.stderr).toContain('KeyboardInterrupt');
  });
});
