// Machines files for tests.
import type { MachinesFile } from '../../../src/initializer/machines-file-schema.ts';
import { readMachinesFile } from '../../../src/initializer/read-machines-file.ts';
import { resolveMachines } from '../../../src/initializer/resolve-machines.ts';

/** Reads a file as the initializer does. */
export function machinesFile(text: string): MachinesFile {
  const variables = ['BERTH_PORT', 'BERTH_DATA', 'BERTH_LOG_LEVEL'];
  return resolveMachines(readMachinesFile(text, { path: 'machines.yaml', variables }), undefined).file;
}

/** A platform named lab on so many machines, m0 and on. */
export function machinesNamed(count: number, more = ''): MachinesFile {
  const lines = Array.from(
    { length: count },
    (_, index) => `  - { name: m${index}, host: 10.0.0.${index + 1}, scan: true }`,
  );
  return machinesFile(`platform: lab\nmachines:\n${lines.join('\n')}\n${more}`);
}
