// berth schedule …: what is to come, and all schedules together.
import type { Command } from 'commander';
import type { AnswerOf } from '../../api/contract/answers.ts';
import { BerthError } from '../../model/errors.ts';
import { act, type CommandContext } from '../command-context.ts';
import { agoText, timeText } from '../person-text.ts';
import { INSTANCE_FILE_TYPE, sentFile } from '../sent-file.ts';
import type { Surroundings } from '../surroundings.ts';

/** Adds the commands of schedules. */
export function addScheduleCommands(program: Command, surroundings: Surroundings): void {
  const schedule = program.command('schedule').description('what is to come, and all schedules together');
  act(
    schedule
      .command('preview [instance]')
      .description('the next occurrences of an instance, of a file, or of all')
      .option('-f, --file <file>', 'instance file that need not be created yet')
      .option('--count <n>', 'of an instance or a file: so many')
      .option('--hours <n>', 'of the whole platform: so far ahead'),
    surroundings,
    preview,
  );
  act(
    schedule
      .command('pause')
      .description('hold all schedules back; jobs that run go on')
      .option('--reason <text>', 'what to remember', ''),
    surroundings,
    pause,
  );
  act(schedule.command('resume').description('let all schedules make jobs again'), surroundings, resume);
}

interface PreviewOptions {
  readonly file?: string;
  readonly count?: string;
  readonly hours?: string;
}

async function preview(
  context: CommandContext,
  [instance = '']: readonly string[],
  { file, count, hours }: PreviewOptions,
): Promise<void> {
  const { client } = context;
  if (instance !== '' && file !== undefined)
    throw new BerthError('cli.usage', { detail: 'An instance and a file together.', command: 'schedule preview' });
  if (file !== undefined) {
    const sent = await sentFile(file, INSTANCE_FILE_TYPE);
    return printOne(context, await client.call('previewFile', { file: sent, query: { count } }));
  }
  if (instance !== '')
    return printOne(context, await client.call('previewInstance', { params: { instance }, query: { count } }));
  return printAll(context, await client.call('previewSchedules', { query: { hours } }));
}

function printOne({ printer, surroundings }: CommandContext, found: AnswerOf<'previewInstance'>): void {
  const columns = [{ heading: found.zone }, { heading: 'UTC' }, { heading: 'WHEN' }, { heading: 'NOTE' }];
  const rows = found.occurrences.map(({ at, startsAt, note }) => [
    timeText(at, found.zone),
    timeText(at, 'UTC'),
    agoText(at, surroundings.now()),
    note ?? (startsAt === at ? '' : `begins at ${timeText(startsAt, found.zone)}`),
  ]);
  printer.result(found, () => {
    printer.line(`${found.instance}: ${found.words}`);
    printer.table(columns, rows, 'Nothing more is due by this schedule.');
  });
}

function printAll({ printer, surroundings }: CommandContext, found: AnswerOf<'previewSchedules'>): void {
  const { zone } = surroundings;
  const columns = [{ heading: zone }, { heading: 'UTC' }, { heading: 'INSTANCE' }, { heading: 'NOTE' }];
  const rows = found.occurrences.map(({ at, instance, note }) => [
    timeText(at, zone),
    timeText(at, 'UTC'),
    instance,
    note ?? '',
  ]);
  printer.result(found, () => {
    if (found.paused) printer.line("All schedules are paused; 'berth schedule resume' lets them go on.");
    const until = timeText(found.until, zone);
    printer.table(columns, rows, `Nothing is due until ${until}; 'berth instance create' makes something due.`);
    if (!found.isWhole)
      printer.line(`These are the first ${rows.length} of ${found.total} or more; fewer --hours show all of them.`);
    printConflicts(printer, 'Collisions', found.collisions, zone);
    printConflicts(printer, 'Standalone conflicts', found.standalone, zone);
  });
}

function printConflicts(
  printer: CommandContext['printer'],
  heading: string,
  conflicts: AnswerOf<'previewSchedules'>['collisions'],
  zone: string,
): void {
  if (conflicts.length === 0) return;
  printer.line();
  printer.line(`${heading}:`);
  for (const { at, sentence } of conflicts) printer.line(`  ${timeText(at, zone)}  ${sentence}`);
}

async function pause(
  { client, printer }: CommandContext,
  _: readonly string[],
  { reason }: { readonly reason: string },
): Promise<void> {
  const state = await client.call('pauseSchedules', { body: { reason } });
  printer.result(state, () =>
    printer.line("All schedules are paused; jobs that run go on. 'berth schedule resume' lets them go on."),
  );
}

async function resume({ client, printer }: CommandContext): Promise<void> {
  const state = await client.call('resumeSchedules');
  printer.result(state, () => printer.line('All schedules make jobs again.'));
}
