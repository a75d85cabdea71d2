// What is wrong with machines before anything is done to them: everything at once, each with what to do.
import type { MachineFacts } from '../ports/installer-machine.ts';

/** What was found out about a machine, or why nothing could be. */
export type Looked =
  | {
      readonly machine: string;
      readonly facts: MachineFacts;
      readonly missingPackages: readonly string[];
      readonly isOurs: boolean;
      readonly hasSources: boolean;
    }
  | { readonly machine: string; readonly failure: { readonly message: string; readonly remedy: string } };

/** What a machine is to bear. */
export interface Needs {
  readonly architecture: string;
  readonly diskGb: number;
  /** By machine. */
  readonly memoryGb: Readonly<Record<string, number>>;
  /** TCP ports that must be free, by machine. */
  readonly ports: Readonly<Record<string, readonly number[]>>;
  readonly supervisor: 'auto' | 'systemd' | 'own';
}

/** One thing that was looked at. */
export interface CheckFinding {
  readonly machine: string;
  readonly what: string;
  readonly state: 'good' | 'warning' | 'wrong';
  readonly found: string;
  /** Empty when all is well. */
  readonly remedy: string;
}

const GIGABYTE = 1024 ** 3;
/** A machine that is sold with so much shows a little less: the kernel keeps some. */
const SHOWN_OF_SOLD = 0.9;
/** Below this part of what is advised nothing would go well. */
const REFUSED_BELOW = 0.5;
const CLOCK_TOLERANCE_MS = 1000;

/** Judges all machines. */
export function decideChecks(looked: readonly Looked[], needs: Needs): readonly CheckFinding[] {
  return looked.flatMap((each): CheckFinding[] => {
    if ('failure' in each) return [reachFinding(each.machine, each.failure)];
    const { machine, facts } = each;
    const reached = { machine, what: 'reach', state: 'good', found: facts.system, remedy: '' } as const;
    return [
      reached,
      systemFinding(machine, facts, needs),
      diskFinding(machine, facts, needs),
      memoryFinding(machine, facts, needs),
      clockFinding(machine, facts),
      portsFinding(each, needs),
      supervisorFinding(machine, facts, needs),
      ...packagesFindings(each),
    ];
  });
}

function reachFinding(machine: string, { message, remedy }: { readonly message: string; readonly remedy: string }) {
  return { machine, what: 'reach', state: 'wrong', found: message, remedy } as const;
}

function finding(
  machine: string,
  what: string,
  found: string,
  faulty: { readonly state: CheckFinding['state']; readonly remedy: string },
): CheckFinding {
  return { machine, what, found, state: faulty.state, remedy: faulty.state === 'good' ? '' : faulty.remedy };
}

function systemFinding(machine: string, { architecture, system }: MachineFacts, needs: Needs): CheckFinding {
  const state = architecture === needs.architecture ? 'good' : 'wrong';
  const remedy = `This program was installed for ${needs.architecture}; run the command from a machine of the same kind as ${machine}.`;
  return finding(machine, 'architecture', `${architecture}, ${system}`, { state, remedy });
}

function diskFinding(machine: string, { diskFreeBytes }: MachineFacts, { diskGb }: Needs): CheckFinding {
  const state = diskFreeBytes >= diskGb * GIGABYTE ? 'good' : 'wrong';
  const remedy = `Free some of /opt and /var/lib: ${diskGb} GB are needed ('least: {diskGb: …}' says how much).`;
  return finding(machine, 'disk', `${gigabytes(diskFreeBytes)} free`, { state, remedy });
}

function memoryFinding(machine: string, { memoryTotalBytes }: MachineFacts, needs: Needs): CheckFinding {
  const memoryGb = needs.memoryGb[machine] ?? 0;
  const advised = memoryGb * GIGABYTE * SHOWN_OF_SOLD;
  const tooLittle = memoryTotalBytes < advised * REFUSED_BELOW ? 'wrong' : 'warning';
  const state = memoryTotalBytes >= advised ? 'good' : tooLittle;
  const remedy = `${memoryGb} GB are advised; give the machine fewer roles, or more memory.`;
  return finding(machine, 'memory', gigabytes(memoryTotalBytes), { state, remedy });
}

function clockFinding(machine: string, { clockOffsetMs }: MachineFacts): CheckFinding {
  const state = Math.abs(clockOffsetMs) < CLOCK_TOLERANCE_MS ? 'good' : 'wrong';
  const remedy = "Set its clock, and have it kept right: 'timedatectl set-ntp true', or chrony.";
  const direction = clockOffsetMs < 0 ? 'behind' : 'ahead';
  return finding(machine, 'clock', `${Math.abs(clockOffsetMs)} ms ${direction}`, { state, remedy });
}

/** What runs already on a machine of this platform is the platform's own. */
function portsFinding(
  { machine, facts, isOurs }: Extract<Looked, { readonly facts: unknown }>,
  needs: Needs,
): CheckFinding {
  const wanted = needs.ports[machine] ?? [];
  const taken = isOurs ? [] : wanted.filter((port) => facts.portsInUse.includes(port));
  const found = taken.length > 0 ? `${taken.join(', ')} taken` : wanted.join(', ') || 'none needed';
  const remedy = "End what listens there ('ss -ltnp'), or give Berth other ports under 'settings'.";
  return finding(machine, 'ports', found, { state: taken.length > 0 ? 'wrong' : 'good', remedy });
}

function supervisorFinding(machine: string, { hasSystemd }: MachineFacts, { supervisor }: Needs): CheckFinding {
  const state = supervisor === 'systemd' && !hasSystemd ? 'wrong' : 'good';
  const found = hasSystemd ? 'systemd' : "no systemd: Berth's own supervisor";
  return finding(machine, 'supervisor', found, { state, remedy: "Write 'supervisor: auto' into the machines file." });
}

function packagesFindings({
  machine,
  facts,
  missingPackages,
  hasSources,
}: Extract<Looked, { readonly facts: unknown }>): CheckFinding[] {
  if (missingPackages.length === 0) return [];
  const state = facts.isDebian && hasSources ? 'good' : 'wrong';
  const found = `${missingPackages.join(', ')} missing${facts.isDebian ? '' : ', and it is no Debian'}`;
  const remedy = 'Install them by hand, or give the machine a package source that answers (apt-get update).';
  return [finding(machine, 'packages', found, { state, remedy })];
}

function gigabytes(bytes: number): string {
  return `${(bytes / GIGABYTE).toFixed(1)} GB`;
}
