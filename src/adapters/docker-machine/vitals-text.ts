// The vital signs as a machine's files and programs print them.
import { BerthError } from '../../model/errors.ts';
import type { Vitals } from '../../ports/machine.ts';
import type { VitalsText } from './link.ts';

/** What is run on a machine for one look at it. The clock is read first and last, so that the way there and back can be told from the work between. */
export function vitalsCommands(directory: string): readonly (readonly string[])[] {
  return [
    ['date', '+clock %s.%N'],
    ['head', '-n', '1', '/proc/stat'],
    ['cat', '/proc/meminfo', '/proc/sys/kernel/random/boot_id'],
    ['nproc'],
    ['df', '-P', '-k', directory],
    ['date', '+clock %s.%N'],
  ];
}

/**
 * Reads the output of `vitalsCommands`. Opening the channel and running took two round trips and the work between the two clocks, so the
 * answer is a quarter of the rest older than its last clock says. @throws machine.vitals-unreadable
 */
export function readVitalsOutput(output: string, elapsedMs: number, address: string): VitalsText {
  const clocks = [...output.matchAll(/^clock (\d+)(?:\.(\d+))?/gm)].map(([, seconds, nanos]) =>
    clockMs(seconds, nanos),
  );
  const [first, last] = [clocks[0], clocks[1]];
  const df = /^.*\s(\d+)\s+\d+\s+(\d+)\s+\d+%\s/m.exec(output);
  const bootId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/m.exec(output)?.[0];
  const cpus = /^\d+$/m.exec(output)?.[0];
  if (first === undefined || last === undefined || !df || !bootId || !cpus) throw unreadable(address, output);
  const wayMs = Math.max(0, elapsedMs - (last - first)) / 4;
  return {
    stat: output,
    meminfo: output,
    bootId,
    cpus: Number(cpus),
    diskTotalBytes: Number(df[1]) * 1024,
    diskFreeBytes: Number(df[2]) * 1024,
    machineClockAt: Math.round(last + wayMs),
  };
}

/** Jiffies and bytes from the texts. Time that a hypervisor stole counts as busy; waiting for disks does not. @throws machine.vitals-unreadable */
export function parseVitals(text: VitalsText, address: string): Vitals {
  const jiffies = /^cpu +([\d ]+)$/m.exec(text.stat)?.[1]?.trim().split(/ +/).map(Number);
  // The ninth and tenth, guest time, are contained in the first two (proc(5)).
  const [user, nice, system, idle, iowait = 0, irq = 0, softirq = 0, steal = 0] = jiffies ?? [];
  const memoryTotalBytes = kibibytes(text.meminfo, 'MemTotal');
  const memoryAvailableBytes = kibibytes(text.meminfo, 'MemAvailable');
  if (user === undefined || nice === undefined || system === undefined || idle === undefined)
    throw unreadable(address, text.stat);
  if (memoryTotalBytes === undefined || memoryAvailableBytes === undefined) throw unreadable(address, text.meminfo);
  const cpuBusy = user + nice + system + irq + softirq + steal;
  return {
    cpuBusy,
    cpuTotal: cpuBusy + idle + iowait,
    memoryTotalBytes,
    memoryAvailableBytes,
    diskTotalBytes: text.diskTotalBytes,
    diskFreeBytes: text.diskFreeBytes,
    bootId: text.bootId,
    machineClockAt: text.machineClockAt,
  };
}

function kibibytes(meminfo: string, field: string): number | undefined {
  const value = new RegExp(`^${field}: +(\\d+) kB`, 'm').exec(meminfo)?.[1];
  return value === undefined ? undefined : Number(value) * 1024;
}

/** Programs without nanoseconds (busybox) print something else there, or nothing. */
function clockMs(seconds: string | undefined, nanos: string | undefined): number {
  return Number(seconds) * 1000 + (nanos === undefined ? 0 : Number(`0.${nanos}`) * 1000);
}

function unreadable(address: string, text: string): BerthError {
  return new BerthError('machine.vitals-unreadable', { address, found: JSON.stringify(text.slice(0, 200)) });
}
