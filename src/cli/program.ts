// The command line: every command that speaks to a platform. Main adds those that start one.
import tab from '@bomb.sh/tab/commander';
import { Command, CommanderError } from 'commander';
import { addAccountCommands } from './commands/account-commands.ts';
import { addActionCommands } from './commands/action-commands.ts';
import { addAlertCommands } from './commands/alert-commands.ts';
import { addAppCommands } from './commands/app-commands.ts';
import { addAuditCommands } from './commands/audit-commands.ts';
import { addBackupCommands } from './commands/backup-commands.ts';
import { addCalendarCommands } from './commands/calendar-commands.ts';
import { addChannelCommands } from './commands/channel-commands.ts';
import { addFleetCommands } from './commands/fleet-commands.ts';
import { addInboxCommands } from './commands/inbox-commands.ts';
import { addInstanceCommands } from './commands/instance-commands.ts';
import { addJobCommands } from './commands/job-commands.ts';
import { addLogCommands } from './commands/log-commands.ts';
import { addNodeCommands } from './commands/node-commands.ts';
import { addPlatformGroup } from './commands/platform-group.ts';
import { addProjectCommands } from './commands/project-commands.ts';
import { addProviderCommands } from './commands/provider-commands.ts';
import { addReadingCommands } from './commands/reading-commands.ts';
import { addScheduleCommands } from './commands/schedule-commands.ts';
import { addSecretCommands } from './commands/secret-commands.ts';
import { addSensorCommands } from './commands/sensor-commands.ts';
import { addStatusCommand } from './commands/status-command.ts';
import { addTokenCommands } from './commands/token-commands.ts';
import { addUserCommands } from './commands/user-commands.ts';
import { errorJson, errorLines, exitCodeOf } from './error-text.ts';
import { jsonText } from './json-text.ts';
import type { Surroundings } from './surroundings.ts';

/** Exit code of a command that was called wrongly (sysexits.h EX_USAGE). */
const USAGE = 64;
/** Exit code of a command that the person left with Ctrl-C: 128 and the number of SIGINT. */
const LEFT = 130;

/** The program with all commands that speak to a platform. `--json` and `--url` may stand anywhere. */
export function buildProgram(surroundings: Surroundings, version: string): Command {
  const program = new Command('berth');
  program.description('Runs your applications on your own machines.').version(version);
  program.option('--json', 'print JSON for programs').option('--url <url>', 'address of the platform');
  program.configureOutput({
    writeOut: (text) => surroundings.out.write(text),
    writeErr: (text) => surroundings.err.write(text),
    getOutHelpWidth: () => surroundings.columns,
    getErrHelpWidth: () => surroundings.columns,
    getOutHasColors: () => surroundings.color,
    getErrHasColors: () => surroundings.color,
  });
  program.configureHelp({ showGlobalOptions: true });
  program.showHelpAfterError('(add --help for what there is)').exitOverride();
  addStatusCommand(program, surroundings);
  addAppCommands(program, surroundings);
  addInstanceCommands(program, surroundings);
  addScheduleCommands(program, surroundings);
  addCalendarCommands(program, surroundings);
  addJobCommands(program, surroundings);
  addLogCommands(program, surroundings);
  addNodeCommands(program, surroundings);
  addProviderCommands(program, surroundings);
  addFleetCommands(program, surroundings);
  addActionCommands(program, surroundings);
  addChannelCommands(program, surroundings);
  addInboxCommands(program, surroundings);
  addUserCommands(program, surroundings);
  addProjectCommands(program, surroundings);
  addTokenCommands(program, surroundings);
  addAccountCommands(program, surroundings);
  addAuditCommands(program, surroundings);
  addBackupCommands(program, surroundings);
  addAlertCommands(program, surroundings);
  addPlatformGroup(program, surroundings);
  addSecretCommands(program, surroundings);
  addReadingCommands(addSensorCommands(program, surroundings), surroundings);
  return program;
}

/** Adds `berth completion <shell>`; after all other commands, because it reads them. */
export function addCompletion(program: Command): void {
  tab(program, { completionCommandName: 'completion' });
}

/** Runs the program on words and resolves to its exit code; errors are told on `err`, never thrown. */
export async function runProgram(
  program: Command,
  words: readonly string[],
  { err, leave }: Surroundings,
): Promise<number> {
  try {
    await program.parseAsync([...words], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    if (leave.aborted) return LEFT;
    const isJson = program.opts<{ json?: true }>().json === true;
    err.write(isJson ? `${jsonText(errorJson(error), 2)}\n` : `${errorLines(error).join('\n')}\n`);
    return exitCodeOf(error);
  }
}
