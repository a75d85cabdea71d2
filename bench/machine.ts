// What machine the figures are of.
import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import Docker from 'dockerode';
import { testEngine } from '../test/world/engine.ts';

/** The machine, as far as figures depend on it. */
export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly system: string;
  readonly docker: string;
  readonly storageDriver: string;
  readonly cgroups: string;
  readonly node: string;
  /** Load average of the last minute when the bench began: above the number of cores, figures mean little. */
  readonly loadAtStart: number;
}

/** Looks at the machine and its test engine. */
export async function machineFacts(): Promise<MachineFacts> {
  const loadAtStart = loadavg()[0] ?? 0;
  const docker = new Docker({ socketPath: (await testEngine()).socketPath });
  const [version, info] = await Promise.all([docker.version(), docker.info()]);
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    kernel: release(),
    system: /^PRETTY_NAME="?([^"\n]*)/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? 'unknown',
    docker: version.Version,
    storageDriver: String(info.Driver),
    cgroups: String(info.CgroupVersion ?? '1'),
    node: process.version,
    loadAtStart,
  };
}

/** The machine in a few lines. */
export function machineInWords(facts: MachineFacts): string {
  const memory = `${(facts.memoryBytes / 2 ** 30).toFixed(1)} GiB`;
  return [
    `${facts.cpu}, ${facts.cores} cores, ${memory}; load ${facts.loadAtStart.toFixed(2)} at the start`,
    `${facts.system}, Linux ${facts.kernel}, Docker ${facts.docker} (${facts.storageDriver}, cgroup v${facts.cgroups}), Node ${facts.node}`,
  ].join('\n');
}
