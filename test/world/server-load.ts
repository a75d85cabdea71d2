// The load that a server shows: files bound over its /proc/stat and /proc/meminfo, written by the test. They are written in place
// and with a fixed length, so that a reader never meets half of one.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** Fractions in [0, 1]. */
export interface Load {
  readonly cpuBusy: number;
  readonly memoryUsed: number;
}

const TICK_MS = 50;
const JIFFIES_PER_MS = 0.1;
const WIDTH = 14;

/** Writes a server's load until it is closed: the counters of /proc/stat advance with time as a real kernel's do. */
export class ServerLoad {
  readonly #stat: number;
  readonly #meminfo: number;
  readonly #memoryBytes: number;
  readonly #timer: NodeJS.Timeout;
  #load: Load = { cpuBusy: 0.02, memoryUsed: 0.1 };
  #busy = 1000;
  #idle = 100_000;
  #lastAt = performance.now();

  /** Makes the files `stat` and `meminfo` in the directory. */
  constructor(directory: string, memoryBytes: number) {
    this.#stat = openSync(join(directory, 'stat'), 'w');
    this.#meminfo = openSync(join(directory, 'meminfo'), 'w');
    this.#memoryBytes = memoryBytes;
    this.set(this.#load);
    this.#timer = setInterval(() => this.#advance(), TICK_MS).unref();
  }

  /** Shows another load from now on. */
  set(load: Load): void {
    this.#advance();
    this.#load = load;
    writeSync(this.#meminfo, meminfo(this.#memoryBytes, load.memoryUsed), 0);
  }

  /** Writes nothing any more. */
  close(): void {
    clearInterval(this.#timer);
    closeSync(this.#stat);
    closeSync(this.#meminfo);
  }

  #advance(): void {
    const now = performance.now();
    const jiffies = (now - this.#lastAt) * JIFFIES_PER_MS;
    this.#lastAt = now;
    this.#busy += jiffies * this.#load.cpuBusy;
    this.#idle += jiffies * (1 - this.#load.cpuBusy);
    writeSync(this.#stat, stat(this.#busy, this.#idle), 0);
  }
}

/** /proc/stat with the same share on every CPU (proc_stat(5): user nice system idle iowait irq softirq steal guest guest_nice). */
function stat(busyPerCpu: number, idlePerCpu: number): string {
  const cpus = availableParallelism();
  const line = (name: string, times: number): string =>
    `${name} ${padded(busyPerCpu * times)} 0 0 ${padded(idlePerCpu * times)} 0 0 0 0 0 0\n`;
  const each = Array.from({ length: cpus }, (_, index) => line(`cpu${index}`, 1)).join('');
  const rest = readFileSync('/proc/stat', 'utf8').match(/^btime .*$/m)?.[0] ?? 'btime 0';
  return `${line('cpu ', cpus)}${each}${rest}\nprocesses 1000\nprocs_running 1\nprocs_blocked 0\n`;
}

function meminfo(totalBytes: number, used: number): string {
  const line = (name: string, bytes: number): string => `${`${name}:`.padEnd(15)} ${padded(bytes / 1024)} kB\n`;
  const free = totalBytes * (1 - used);
  const parts = {
    MemTotal: totalBytes,
    MemFree: free,
    MemAvailable: free,
    Buffers: 0,
    Cached: 0,
    SwapTotal: 0,
    SwapFree: 0,
  };
  return Object.entries(parts)
    .map(([name, bytes]) => line(name, bytes))
    .join('');
}

function padded(value: number): string {
  return String(Math.floor(value)).padStart(WIDTH);
}
