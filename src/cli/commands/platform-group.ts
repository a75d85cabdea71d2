// berth platform …: the platform's own processes and what they logged. Main adds what sets a platform up.
import type { Command } from 'commander';
import type { ItemOf } from '../../api/contract/answers.ts';
import { act, type CommandContext } from '../command-context.ts';
import { jsonText } from '../json-text.ts';
import { agoText, sizeText, timeText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';

const COLUMNS = [
  { heading: 'PROCESS' },
  { heading: 'MACHINE' },
  { heading: 'STATE' },
  { heading: 'HEARTBEAT' },
  { heading: 'ROLES' },
  { heading: 'WAITING', numeric: true },
  { heading: 'MEMORY', numeric: true },
  { heading: 'VERSION' },
] as const;

interface LogOptions {
  readonly component?: string;
  readonly level: string;
  readonly text: string;
  readonly since: string;
  readonly until?: string;
  readonly limit: string;
}

/** Adds the commands. */
export function addPlatformGroup(program: Command, surroundings: Surroundings): void {
  const platform = program.command('platform').description('the platform itself: its processes and their logs');
  act(platform.command('processes').alias('ps').description('all processes, on all machines'), surroundings, processes);
  const logs = platform.command('logs').description('what they logged, newest last');
  logs.option('--component <name>', 'of one process');
  logs.option('--level <level>', 'this serious at least: debug, info, warn, error', 'info');
  logs.option('--text <text>', 'lines that contain it, whatever its case', '');
  logs.option('--since <time>', 'from an instant on, or a length of time back such as 10m', '1h');
  logs.option('--until <time>', 'up to an instant, or a length of time back');
  logs.option('--limit <n>', 'the last so many, at most 1000', '200');
  act(logs, surroundings, showLogs);
}

async function processes({ client, printer, surroundings }: CommandContext): Promise<void> {
  const { items } = await client.call('listProcesses');
  const rows = items.map((each) => rowOf(each, surroundings.now()));
  printer.result(items, () => printer.table(COLUMNS, rows, 'No process has registered.'));
}

function rowOf(process: ItemOf<'listProcesses'>, now: number): string[] {
  const { id, machine, state, heartbeatAt, roles, backlog, memoryBytes, version } = process;
  return [
    id,
    machine,
    state,
    agoText(heartbeatAt, now),
    roles.join(' '),
    String(backlog),
    sizeText(memoryBytes),
    version,
  ];
}

async function showLogs(
  { client, printer, surroundings }: CommandContext,
  _: readonly string[],
  options: LogOptions,
): Promise<void> {
  const { items, isWhole } = await client.call('searchPlatformLogs', { query: { ...options } });
  printer.result(items, () => {
    for (const line of items.toReversed()) printer.line(lineText(line, surroundings.zone));
    if (items.length === 0) printer.line('Nothing was logged that fits.');
    if (!isWhole) printer.line('There is more: ask for less time, or with --until before the first of these.');
  });
}

function lineText(line: ItemOf<'searchPlatformLogs'>, zone: string): string {
  const { at, component, level, message, fields } = line;
  const more = Object.keys(fields).length === 0 ? '' : ` ${jsonText(fields, 0)}`;
  return `${timeText(at, zone)} ${component} ${level}: ${message}${more}`;
}
