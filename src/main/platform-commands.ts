// The commands that start or examine things on this machine; what they need is loaded only when they run.
import type { Command } from 'commander';
import type { Surroundings } from '../cli/surroundings.ts';
import { addBackupCommand } from './backup-command.ts';
import { addDevCommand } from './dev-command.ts';
import { addInitializerCommand } from './initializer-command.ts';
import { addSimulateCommand } from './simulate-command.ts';
import type { SuperviseOptions } from './supervise.ts';
import type { UpOptions } from './up-settings.ts';

/** Adds `up`, `serve`, `doctor`, `supervise`, `dev`, `sensor simulate`, `restore` and what `backup` does without a platform. */
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
    .command('serve')
    .description('run one process of a platform; BERTH_ROLES, BERTH_BUS and BERTH_STORE say which part of what')
    .option('--data <directory>', 'where this process keeps what is its own')
    .option('--host <address>', 'address that the API listens on')
    .option('--port <n>', 'port of the API')
    .option('--roles <names>', 'what this process does, separated by commas; everything when absent')
    .action(async (options: UpOptions) => {
      const { serve } = await import('./serve.ts');
      await serve(options, surroundings, environment);
    });
  program
    .command('doctor')
    .description('what is missing on this machine, and how to mend it')
    .action(async (_: unknown, called: Command) => {
      const { doctor } = await import('./doctor.ts');
      const { json } = called.optsWithGlobals<{ json?: true }>();
      process.exitCode = await doctor(surroundings, environment, json === true);
    });
  program
    .command('supervise')
    .description('keep the components of this machine running, where systemd does not')
    .requiredOption('--directory <directory>', 'directory with one JSON file for each component (docs/monitoring.md)')
    .option('--wait', 'stand by while another supervisor runs, and take over when it ends')
    .action(async (options: SuperviseOptions) => {
      const { supervise } = await import('./supervise.ts');
      await supervise(options, surroundings, environment);
    });
  addDevCommand(program, surroundings, environment);
  addSimulateCommand(program, surroundings);
  addBackupCommand(program, surroundings, environment);
  addInitializerCommand(program, surroundings, environment);
}
