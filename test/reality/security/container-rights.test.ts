// A real container of a task whose algorithm tries everything to get out, to get more, or to see more: nothing of it works.
// What every container gets is in test/contracts/machine-containers-contract.ts; what nobody can write into it, in
// test/unit/security/container-rights.test.ts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DockerMachines } from '../../../src/adapters/docker-machine/docker-machines.ts';
import { ORDINARY_TIMEOUTS } from '../../../src/adapters/docker-machine/timeouts.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { containerSpec } from '../../../src/nodes/container-spec.ts';
import type { Machine } from '../../../src/ports/machine.ts';
import { aJob, aSpec, aTask } from '../../builders/jobs.ts';
import { freshName, outputOf, TEST_LABEL } from '../../contracts/machine-specs.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { importTestImage } from '../../world/base-image.ts';
import { testEngine } from '../../world/engine.ts';

const IMAGE = 'berth.test/container-rights:1';

/** Each attempt by its name; what is printed are those that worked. */
const ATTEMPTS = `
import ctypes, json, os, socket, stat, subprocess
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *words):
    if getattr(libc, name)(*words) < 0: raise OSError(ctypes.get_errno(), name)
def write(path): open(path, 'w').close()
def run(path):
    open(path, 'w').write('#!/bin/sh\\ntrue\\n'); os.chmod(path, 0o755)
    subprocess.run([path], check=True)
def reach(family, kind, address=None):
    with socket.socket(family, kind) as s:
        s.settimeout(1)
        if address: s.connect(address)
def suid():
    found = [p for d in ('/bin', '/usr/bin', '/sbin', '/usr/sbin') for p in (os.path.join(d, n) for n in os.listdir(d)) if os.path.exists(p) and os.stat(p).st_mode & stat.S_ISUID]
    for path in found:
        said = subprocess.run([path, '-c', 'id -u'], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=5)
        if said.stdout.strip() == '0': return
    raise OSError('none')
def fork_bomb():
    pids = []
    try:
        for _ in range(500):
            pid = os.fork()
            if pid == 0:
                import time; time.sleep(5); os._exit(0)
            pids.append(pid)
    finally:
        for pid in pids: os.kill(pid, 9)
        for pid in pids: os.waitpid(pid, 0)
attempts = {
    'become root': lambda: os.setuid(0),
    'become another group': lambda: os.setgroups([0]),
    'chroot': lambda: os.chroot('/tmp'),
    'mount': lambda: call('mount', b'none', b'/tmp', b'tmpfs', 0, None),
    'a new namespace': lambda: call('unshare', 0x00020000),
    'a new user namespace that gives rights': lambda: (call('unshare', 0x10000000), call('mount', b'none', b'/tmp', b'tmpfs', 0, None)),
    'a device': lambda: os.mknod('/scratch/memory', stat.S_IFCHR | 0o666, os.makedev(1, 1)),
    'memory of the machine': lambda: open('/dev/mem', 'rb').read(1),
    'a disk of the machine': lambda: open('/dev/sda', 'rb').read(1),
    'a setting of the kernel': lambda: open('/proc/sys/kernel/core_pattern', 'w').write('|/x'),
    'the kernel\\'s trigger': lambda: open('/proc/sysrq-trigger', 'w').write('h'),
    'a module': lambda: call('syscall', 175, None, 0, b''),
    'the clock': lambda: __import__('time').clock_settime(0, 0),
    'the host\\'s name': lambda: socket.sethostname('x'),
    'priority': lambda: os.nice(-5),
    'its own files': lambda: write('/app/x'),
    'the SDK': lambda: write('/opt/berth/sdk/x'),
    'the root': lambda: write('/x'),
    'the system\\'s programs': lambda: write('/usr/bin/x'),
    'the names of hosts': lambda: write('/etc/hosts.x'),
    'the directory of the platform\\'s socket': lambda: write('/run/berth/x'),
    'its secrets\\' directory replaced': lambda: os.rename('/run/secrets', '/run/mine'),
    'a program in /tmp': lambda: run('/tmp/x'),
    'a raw socket': lambda: reach(socket.AF_INET, socket.SOCK_RAW),
    'a packet socket': lambda: reach(socket.AF_PACKET, socket.SOCK_RAW),
    'the metadata of a cloud': lambda: reach(socket.AF_INET, socket.SOCK_STREAM, ('169.254.169.254', 80)),
    'the bridge': lambda: reach(socket.AF_INET, socket.SOCK_STREAM, ('172.17.0.1', 22)),
    'a name server': lambda: reach(socket.AF_INET, socket.SOCK_DGRAM, ('8.8.8.8', 53)),
    'the engine': lambda: reach(socket.AF_UNIX, socket.SOCK_STREAM, '/var/run/docker.sock'),
    'a program with the right of root': suid,
    'other processes': lambda: [os.kill(int(p), 0) for p in os.listdir('/proc') if p.isdigit() and int(p) not in (1, os.getpid())] or (_ for _ in ()).throw(OSError()),
    'more processes than it may have': fork_bomb,
}
worked = []
for name, attempt in attempts.items():
    child = os.fork()
    if child == 0:
        try: attempt()
        except BaseException: os._exit(0)
        os._exit(7)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7: worked.append(name)
status = dict(line.split(':', 1) for line in open('/proc/self/status').read().splitlines())
rights = [status[name].strip() for name in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb', 'NoNewPrivs')]
print(json.dumps({'worked': worked, 'rights': rights, 'attempts': len(attempts)}))
`;

let machine: Machine;
let directory: string;

beforeAll(async () => {
  const { socketPath } = await testEngine();
  await importTestImage(new Docker({ socketPath }), IMAGE);
  directory = mkdtempSync(join(tmpdir(), 'berth-rights-'));
  const parts = { clock: new SystemClock(), random: new SystemRandom(), log: silentLog, timeouts: ORDINARY_TIMEOUTS };
  machine = await new DockerMachines({ ...parts, platformKeyDirectory: directory }).connect({
    kind: 'local',
    socketPath,
  });
}, 720_000);

afterAll(async () => {
  await machine.close();
  rmSync(directory, { recursive: true, force: true });
});

test('an algorithm that tries to get out of its container, or to get more in it, gets nothing', async () => {
  const task = aTask(aJob({ spec: aSpec({ secrets: ['x'] }) }), 0, 1, 'n');
  const spec = containerSpec(task, { platformUid: 'p1', image: IMAGE });
  const name = freshName();
  const said = await outputOf(machine, {
    ...spec,
    ...{ name, scratch: { volume: name, path: '/scratch' }, labels: { [TEST_LABEL]: name, 'berth.spec': 'x' } },
    ...{ entrypoint: ['python3', '-B', '-c'], command: [ATTEMPTS], workingDirectory: '/' },
    binds: [{ source: directory, target: '/run/berth' }],
  });
  expect(JSON.parse(said)).toEqual({ worked: [], rights: [...Array(5).fill('0'.repeat(16)), '1'], attempts: 32 });
});
