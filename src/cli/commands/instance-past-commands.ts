// berth instance history, berth instance gaps: what came of an instance's schedule.
import type { Command } from 'commander';
import type { AnswerOf } from '../../api/contract/answers.ts';
import { act, type CommandContext } from '../command-context.ts';
import { lengthText, shareText, timeText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';

/** Adds the commands that look back. */
export function addPastCommands(instance: Command, surroundings: Surroundings): void {
  act(
    instance
      .command('history <instance>')
      .description('its jobs, newest first, with durations and lateness')
      .option('--last <n>', 'at most', '50')
      .option('--since <time>', 'not older: 7d, or an ISO 8601 instant'),
    surroundings,
    history,
  );
  act(
    instance
      .command('gaps <instance>')
      .description('occurrences that made no job, newest first, and why')
      .option('--limit <n>', 'at most', '50'),
    surroundings,
    gaps,
  );
}

interface HistoryOptions {
  readonly last: string;
  readonly since?: string;
}

async function history(
  { client, printer, surroundings }: CommandContext,
  [instance = '']: readonly string[],
  { last, since }: HistoryOptions,
): Promise<void> {
  const found = await client.call('instanceHistory', { params: { instance }, query: { last, since } });
  const columns = [
    { heading: 'JOB' },
    { heading: 'STATE' },
    { heading: 'WHY' },
    { heading: 'STARTS' },
    { heading: 'LATE', numeric: true as const },
    { heading: 'TOOK', numeric: true as const },
  ];
  const rows = found.jobs.map((job) => [
    job.job,
    job.state,
    job.origin,
    timeText(job.startsAt, surroundings.zone),
    lengthOrDash(job.latenessMs),
    lengthOrDash(job.durationMs),
  ]);
  printer.result(found, () => {
    printer.table(
      columns,
      rows,
      `No jobs yet; 'berth job run ${instance}' makes one, 'berth schedule preview ${instance}' says when one is due.`,
    );
    if (rows.length > 0) printSummary(printer, found.summary);
  });
}

function printSummary(printer: CommandContext['printer'], summary: AnswerOf<'instanceHistory'>['summary']): void {
  printer.line();
  printer.facts([
    ['Jobs', `${summary.jobs}: ${summary.succeeded} succeeded, ${summary.failed} failed, ${summary.stopped} stopped`],
    ['Success', shareText(summary.successRate ?? undefined)],
    [
      'Took',
      `half of them up to ${lengthOrDash(summary.p50DurationMs)}, 95 % up to ${lengthOrDash(summary.p95DurationMs)}`,
    ],
    [
      'Late',
      `half of them up to ${lengthOrDash(summary.p50LatenessMs)}, 95 % up to ${lengthOrDash(summary.p95LatenessMs)}`,
    ],
  ]);
}

function lengthOrDash(ms: number | null): string {
  return ms === null ? '-' : lengthText(ms);
}

async function gaps(
  { client, printer, surroundings }: CommandContext,
  [instance = '']: readonly string[],
  { limit }: { readonly limit: string },
): Promise<void> {
  const { items } = await client.call('listGaps', { params: { instance }, query: { limit } });
  const columns = [
    { heading: 'FROM' },
    { heading: 'TO' },
    { heading: 'COUNT', numeric: true as const },
    { heading: 'WHAT' },
    { heading: 'WHY' },
  ];
  const { zone } = surroundings;
  const rows = items.map(({ from, to, count, outcome, reason }) => [
    timeText(from, zone),
    timeText(to, zone),
    String(count),
    outcome,
    reason,
  ]);
  printer.result(items, () => printer.table(columns, rows, 'No gaps: every occurrence so far made a job.'));
}
