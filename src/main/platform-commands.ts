// The commands that start or examine things on this machine; what they need is loaded only when they run.
import type { Command } from 'commander';
import type { Surroundings } from '../cli/surroundings.ts';
import { addBackupCommand } from './backup-command.ts';
import { addDevCommand } from './dev-command.ts';
import { addSimulateCommand } from './simulate-command.ts';
import type { UpOptions } from './up-settings.ts';

/** Adds `up`, `doctor`, `dev`, `sensor simulate`, `restore` and what `backup` does without a platform. */
export function addPlatformCommands(
  program: Command,
  surroundings: Surroundings,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  program
    .command('up')
    .description('run a platform on this machine, with this machine as its first node')
    .option('--data <directory>', 'where everything is kept')
    .option('--host <address>', 'address that the API listens on')
    .option('--port <n>', 'port of the API')
    .option('--example', 'upload the example application to an empty platform')
    .option('--quiet', 'show neither events nor log lines')
    .action(async (options: UpOptions) => {
      const { up } = await import('./up.ts');
      await up(options, surroundings, environment);
    });
  program
    .command('doctor')
    .description('what is missing on this machine, and how to mend it')
    .action(async (_: unknown, called: Command) => {
      const { doctor } = await import('./doctor.ts');
      const { json } = called.optsWithGlobals<{ json?: true }>();
      process.exitCode = await doctor(surroundings, environment, json === true);
    });
  addDevCommand(program, surroundings, environment);
  addSimulateCommand(program, surroundings);
  addBackupCommand(program, surroundings, environment);
}
