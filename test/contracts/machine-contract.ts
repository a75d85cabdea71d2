// What every Machine must do. What the platform asked for is verified past it, with the tests' own Docker client.
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Machine } from '../../src/ports/machine.ts';
import { archivesContract } from './machine-archives-contract.ts';
import { containersContract } from './machine-containers-contract.ts';
import { imagesContract } from './machine-images-contract.ts';
import { socketsContract } from './machine-sockets-contract.ts';
import { streamsContract } from './machine-streams-contract.ts';

/** A machine and another way to it. */
export interface MachineUnderTest {
  readonly machine: Machine;
  /** Another connection to the same machine. */
  readonly connectAgain: () => Promise<Machine>;
  readonly docker: Docker;
  /** An image with python3 that its engine has. */
  readonly image: string;
  /** A directory on the machine for sockets; what is made in it may stay. */
  readonly directory: string;
  readonly end: () => Promise<void>;
}

/** Runs the contract on one machine that `open` gives. */
export function machineContract(name: string, open: () => Promise<MachineUnderTest>): void {
  describe(`Machine: ${name}`, () => {
    let opened: MachineUnderTest;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.end());
    const world = () => opened;
    vitalsContract(world);
    containersContract(world);
    streamsContract(world);
    archivesContract(world);
    imagesContract(world);
    socketsContract(world);
    closingContract(world);
  });
}

function vitalsContract(world: () => MachineUnderTest): void {
  test('facts and vital signs make sense together, and the CPU counters advance', async () => {
    const { machine, docker } = world();
    const facts = await machine.facts();
    const [version, info] = await Promise.all([docker.version(), docker.info()]);
    expect(facts).toMatchObject({
      architecture: version.Arch,
      engineVersion: version.Version,
      engineId: info.ID,
    });
    expect(facts.cpus).toBeGreaterThan(0);
    const first = await machine.vitals();
    expect(first.bootId).toBe(facts.bootId);
    expect(first.memoryTotalBytes).toBe(facts.memoryBytes);
    expect(first.diskTotalBytes).toBe(facts.diskBytes);
    expect(first.memoryAvailableBytes).toBeLessThanOrEqual(first.memoryTotalBytes);
    expect(first.diskFreeBytes).toBeLessThan(first.diskTotalBytes);
    await expect.poll(async () => (await machine.vitals()).cpuTotal, { timeout: 5000 }).toBeGreaterThan(first.cpuTotal);
  });

  test("the machine's clock is read as of the answer: within 50 ms of ours on the same hardware", async () => {
    const { machine } = world();
    const offsets: number[] = [];
    for (let times = 0; times < 5; times++)
      offsets.push(Math.abs((await machine.vitals()).machineClockAt - Date.now()));
    expect(Math.min(...offsets)).toBeLessThan(50);
  });

  test('a ping is answered', async () => {
    await world().machine.ping();
  });
}

function closingContract(world: () => MachineUnderTest): void {
  test('after it is closed, closed rings, what waits is rejected and nothing more is done', async () => {
    const machine = await world().connectAgain();
    const never = new AbortController().signal;
    const watching = collect(machine.events('berth.test.nobody', Date.now(), never));
    await machine.ping();
    await machine.close();
    expect(await machine.closed).toBe('closed by the platform');
    await expect(watching).rejects.toMatchObject({ code: 'machine.disconnected' });
    await expect(machine.ping()).rejects.toMatchObject({ code: 'machine.disconnected' });
    await expect(machine.vitals()).rejects.toMatchObject({ code: 'machine.disconnected' });
    await machine.close();
  });
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  return Array.fromAsync(items);
}
