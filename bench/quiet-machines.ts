// A thousand machines on which nothing happens: they answer probes and readings at once, so that what is measured is the platform.
import type { NodeFacts } from '../src/model/node.ts';
import type { ContainerEvent, HostKey, Machine, Machines, Vitals } from '../src/ports/machine.ts';

const GIBIBYTE = 2 ** 30;
/** As an answer takes over a local network. */
const ANSWER_MS = 1;

/** Machines that tell of each probe how long after the one before it came. */
export class QuietMachines implements Machines {
  /** Milliseconds between two probes of one machine. */
  readonly gapsMs: number[] = [];
  #connected = 0;

  async connect(): Promise<Machine> {
    this.#connected++;
    return quietMachine(`quiet-${this.#connected}`, (gapMs) => this.gapsMs.push(gapMs));
  }

  scanHostKey(): Promise<HostKey> {
    return unused();
  }

  publicKey(): Promise<string> {
    return unused();
  }

  restartEngine(): Promise<void> {
    return unused();
  }

  prepare(): Promise<void> {
    return unused();
  }
}

function quietMachine(id: string, probed: (gapMs: number) => void): Machine {
  let probedAt: number | undefined;
  let [busy, total] = [0, 0];
  const opened = { close: async () => {} };
  return {
    closed: new Promise<string>(() => {}),
    facts: () => answer(factsOf(id)),
    vitals: () => {
      busy += 10;
      total += 200;
      return answer(vitalsOf(id, busy, total));
    },
    ping: () => {
      const now = performance.now();
      if (probedAt !== undefined) probed(now - probedAt);
      probedAt = now;
      return answer(undefined);
    },
    usage: () => answer([]),
    listContainers: () => answer([]),
    listImages: () => answer([]),
    listVolumes: () => answer([]),
    events: (_label, _sinceAt, signal) => noEvents(signal),
    listenSocket: () => answer(opened),
    listenLoopback: () => answer({ ...opened, port: 1 }),
    close: async () => {},
    hasImage: unused,
    pullImage: unused,
    pullPublicImage: unused,
    removeImage: unused,
    saveImage: unused,
    importImage: unused,
    commitContainer: unused,
    createContainer: unused,
    putArchive: unused,
    getArchive: unused,
    startContainer: unused,
    signalContainer: unused,
    removeContainer: unused,
    inspectContainer: unused,
    removeVolume: unused,
    logs: () => {
      throw new Error('nothing has a log here');
    },
  };
}

function answer<T>(value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ANSWER_MS));
}

function unused(): Promise<never> {
  return Promise.reject(new Error('nothing of the kind happens on these machines'));
}

async function* noEvents(signal: AbortSignal): AsyncGenerator<ContainerEvent> {
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function factsOf(id: string): NodeFacts {
  return {
    architecture: 'amd64',
    cpus: 4,
    memoryBytes: 8 * GIBIBYTE,
    diskBytes: 100 * GIBIBYTE,
    engineVersion: '28.0.0',
    apiVersion: '1.48',
    operatingSystem: 'Debian GNU/Linux 12',
    bootId: id,
    engineId: id,
  };
}

function vitalsOf(bootId: string, cpuBusy: number, cpuTotal: number): Vitals {
  return {
    cpuBusy,
    cpuTotal,
    memoryTotalBytes: 8 * GIBIBYTE,
    memoryAvailableBytes: 6 * GIBIBYTE,
    diskTotalBytes: 100 * GIBIBYTE,
    diskFreeBytes: 80 * GIBIBYTE,
    bootId,
    machineClockAt: Date.now(),
  };
}
