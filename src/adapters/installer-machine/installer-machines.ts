// The machines of an installation: this one, and those that SSH reaches.
import type { Client } from 'ssh2';
import type { Clock } from '../../ports/clock.ts';
import type { InstallerAccess, InstallerMachine, InstallerMachines } from '../../ports/installer-machine.ts';
import type { HostKey } from '../../ports/machine.ts';
import { LocalRunner } from './local-runner.ts';
import { ProgramsMachine } from './programs-machine.ts';
import { SshRunner } from './ssh-runner.ts';

type SshAccess = Extract<InstallerAccess, { readonly kind: 'ssh' }>;

/** What reaching machines needs. The platform's own way of signing in is handed in, pinned host keys included. */
export interface MachinesParts {
  readonly clock: Clock;
  readonly signIn: (access: SshAccess) => Promise<Client>;
  readonly scanHostKey: (host: string, port: number) => Promise<HostKey>;
}

/** Machines that the platform is installed on. */
export function installerMachines({ clock, signIn, scanHostKey }: MachinesParts): InstallerMachines {
  return { scanHostKey, open: (access) => openMachine(access, { clock, signIn }) };
}

async function openMachine(
  access: InstallerAccess,
  { clock, signIn }: Pick<MachinesParts, 'clock' | 'signIn'>,
): Promise<InstallerMachine> {
  if (access.kind === 'local') return ProgramsMachine.of(new LocalRunner(), clock);
  const runner = new SshRunner(await signIn(access), `${access.user}@${access.host}:${access.port}`);
  try {
    return await ProgramsMachine.of(runner, clock);
  } catch (error) {
    await runner.close();
    throw error;
  }
}
