// Asking the broker of a machine, on that machine: whether it answers, and to do something with its accounts.
import type { InstallerMachine, ProgramOutcome } from '../ports/installer-machine.ts';
import { berthWords } from './supervision-files.ts';
import type { WantedKafka } from './wanted-machine.ts';

/** What is asked. */
export interface BrokerOrder {
  readonly act: 'look' | 'give' | 'settle';
  readonly accounts: WantedKafka['accounts'];
}

/** The accounts of components are named after them; nobody else's account begins like this. */
const PREFIX = 'berth-';

/** Asks, by the program in a directory of the machine. What holds passwords goes as input, and never as a word of a program. */
export function askBroker(
  { machine, program }: { readonly machine: InstallerMachine; readonly program: string },
  { access }: WantedKafka,
  { act, accounts }: BrokerOrder,
): Promise<ProgramOutcome> {
  const input = JSON.stringify({ access, act, accounts, prefix: PREFIX });
  return machine.run([...berthWords(program), 'platform', 'broker'], { input });
}
