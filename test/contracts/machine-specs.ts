// Containers that the Machine contract makes.
import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { ContainerSpec, Machine } from '../../src/ports/machine.ts';

/** Every container, volume and image of the contract carries it. */
export const TEST_LABEL = 'berth.test.machine';

/** A name that nothing else has. */
export function freshName(): string {
  return `machine-${randomBytes(5).toString('hex')}`;
}

/** A container that runs Python code as the platform's tasks run: nothing allowed that was not asked for. */
export function pythonSpec(image: string, code: string, changes: Partial<ContainerSpec> = {}): ContainerSpec {
  const name = freshName();
  return {
    name,
    image,
    entrypoint: ['python3', '-u', '-c'],
    command: [code],
    environment: {},
    labels: { [TEST_LABEL]: name, 'berth.spec': 'spec-one' },
    workingDirectory: '/',
    user: '65534:65534',
    hostname: 'task',
    extraHosts: {},
    network: 'none',
    readOnlyRoot: true,
    scratch: { volume: name, path: '/scratch' },
    binds: [],
    tmpfs: { '/tmp': 1024 * 1024 },
    cpus: null,
    memoryBytes: null,
    pids: null,
    capabilities: 'none',
    ...changes,
  };
}

/** Creates a container that goes away with the test. */
export async function created(machine: Machine, spec: ContainerSpec): Promise<string> {
  onTestFinished(() => machine.removeContainer(spec.name));
  await machine.createContainer(spec);
  return spec.name;
}

/** Creates and starts a container that goes away with the test. */
export async function started(machine: Machine, spec: ContainerSpec): Promise<string> {
  const name = await created(machine, spec);
  await machine.startContainer(name);
  return name;
}

/** Runs a container to its end; resolves to what it wrote to stdout. */
export async function outputOf(machine: Machine, spec: ContainerSpec): Promise<string> {
  const name = await started(machine, spec);
  const pieces: Buffer[] = [];
  const signal = AbortSignal.timeout(30_000);
  for await (const frames of machine.logs(name, { sinceNs: 0n, follow: true, signal }))
    pieces.push(...frames.map(({ bytes }) => bytes));
  return Buffer.concat(pieces).toString('utf8');
}
