// What machines print of their cgroups, as kernels and drivers have it.
import { expect, test } from 'vitest';
import { parseCgroups } from '../../../src/adapters/docker-machine/cgroup-text.ts';

const ID = 'ab'.repeat(32);

const MACHINES: Readonly<Record<string, string>> = {
  'version 2 with systemd': `
/sys/fs/cgroup/system.slice/docker-${ID}.scope/cpu.stat:usage_usec 2500000
/sys/fs/cgroup/system.slice/docker-${ID}.scope/memory.current:5000
/sys/fs/cgroup/system.slice/docker-${ID}.scope/memory.stat:inactive_file 1000
/sys/fs/cgroup/system.slice/ssh.service/memory.current:77
/sys/fs/cgroup/system.slice/docker-${ID}.scope/init/memory.current:99`,
  'version 2 with directories of Docker': `
/sys/fs/cgroup/docker/${ID}/memory.stat:inactive_file 1000
/sys/fs/cgroup/docker/${ID}/memory.current:5000
/sys/fs/cgroup/docker/${ID}/cpu.stat:usage_usec 2500000`,
  'version 1': `
/sys/fs/cgroup/cpuacct/docker/${ID}/cpuacct.usage:2500000000
/sys/fs/cgroup/memory/docker/${ID}/memory.usage_in_bytes:5000
/sys/fs/cgroup/memory/docker/${ID}/memory.stat:inactive_file 3
/sys/fs/cgroup/memory/docker/${ID}/memory.stat:total_inactive_file 1000`,
  'version 1 in an engine of an engine': `
/sys/fs/cgroup/cpuacct/docker/${'cd'.repeat(32)}/docker/${ID}/cpuacct.usage:2500000000
/sys/fs/cgroup/memory/docker/${'cd'.repeat(32)}/docker/${ID}/memory.usage_in_bytes:5000
/sys/fs/cgroup/memory/docker/${'cd'.repeat(32)}/docker/${ID}/memory.stat:total_inactive_file 1000`,
};

test.each(Object.entries(MACHINES))('usage is read from cgroups of %s', (_, output) => {
  expect([...parseCgroups(output).values()]).toEqual([{ id: ID, cpuMs: 2500, memoryBytes: 4000 }]);
});

test('a container of which only a part is told is none', () => {
  expect(parseCgroups(`/sys/fs/cgroup/docker/${ID}/memory.current:5000`).size).toBe(0);
});
