// A machines file whose machines all have an address: those that a provider makes have the one that they were made with.

import type { GivenMachine, GivenMachinesFile, MachineEntry, MachinesFile } from './machines-file-schema.ts';
import type { MadeMachines } from './made-machines.ts';

/** What is there, and what would have to be made first. */
export interface ResolvedMachines {
  /** With the machines that are there. */
  readonly file: MachinesFile;
  readonly unmade: readonly { readonly name: string; readonly provider: string }[];
}

/** Puts addresses in. */
export function resolveMachines(given: GivenMachinesFile, made: MadeMachines | undefined): ResolvedMachines {
  const pairs = given.machines.map((machine) => ({ machine, entry: entryOf(machine, given, made) }));
  return {
    file: { ...given, machines: pairs.flatMap(({ entry }) => (entry ? [entry] : [])) },
    unmade: pairs.flatMap(({ machine: { name, provider }, entry }) =>
      entry ? [] : [{ name, provider: provider ?? '' }],
    ),
  };
}

function entryOf(
  { provider, host, ...machine }: GivenMachine,
  { providers }: GivenMachinesFile,
  made: MadeMachines | undefined,
): MachineEntry | undefined {
  if (host !== undefined) return { ...machine, host };
  const record = made?.machines[machine.name];
  const ssh = providers[provider ?? '']?.ssh;
  const hostKey = machine.hostKey ?? record?.hostKey ?? null;
  if (!ssh || !record || record.provider !== provider || record.address === null || hostKey === null) return undefined;
  return { ...machine, ...ssh, host: record.address, hostKey };
}
