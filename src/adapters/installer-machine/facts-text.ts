// Facts as a machine's files and programs print them.
import type { MachineFacts } from '../../ports/installer-machine.ts';

/** What was printed, and when. */
export interface FactsText {
  readonly osRelease: string;
  readonly uname: string;
  readonly df: string;
  readonly meminfo: string;
  readonly tcp: string;
  readonly date: string;
  /** Our own clock in the middle of asking for theirs. */
  readonly askedAt: number;
  readonly hasSystemd: boolean;
}

/** As Node names them, by what `uname -m` says. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'x64', aarch64: 'arm64' };
/** State of a listening socket in /proc/net/tcp (proc_pid_net(5)). */
const LISTENING = '0A';

/** Reads them. What cannot be read counts as nothing there: the checks then say that it is too little. */
export function readFacts(text: FactsText): MachineFacts {
  const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(text.osRelease)?.[1] ?? '';
  const machine = text.uname.trim();
  return {
    system: field('PRETTY_NAME') || 'an unknown system',
    isDebian: field('ID') === 'debian' || field('ID_LIKE').split(' ').includes('debian'),
    architecture: ARCHITECTURES[machine] ?? machine,
    diskFreeBytes: leastFree(text.df),
    memoryTotalBytes: Number(/^MemTotal: +(\d+) kB/m.exec(text.meminfo)?.[1] ?? 0) * 1024,
    clockOffsetMs: Math.round(Number(text.date.trim()) * 1000 - text.askedAt),
    portsInUse: listeningPorts(text.tcp),
    hasSystemd: text.hasSystemd,
  };
}

/** `df -P -k` of several directories: the fourth column is what is free. */
function leastFree(df: string): number {
  const free = [...df.matchAll(/\s(\d+)\s+\d+%\s/g)].map(([, kibibytes]) => Number(kibibytes) * 1024);
  return free.length === 0 ? 0 : Math.min(...free);
}

function listeningPorts(tcp: string): number[] {
  const lines = tcp.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2})/gm);
  const ports = [...lines]
    .filter(([, , state]) => state === LISTENING)
    .map(([, port = '0']) => Number.parseInt(port, 16));
  return [...new Set(ports)].sort((a, b) => a - b);
}
