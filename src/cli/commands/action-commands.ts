// berth action …: what algorithms asked to be done in the world, and what became of it.
import type { Command } from 'commander';
import type { AnswerOf, ItemOf } from '../../api/contract/answers.ts';
import { BerthError } from '../../model/errors.ts';
import { act, type CommandContext } from '../command-context.ts';
import { jsonText } from '../json-text.ts';
import { timeText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';

const COLUMNS = [
  { heading: 'ASKED' },
  { heading: 'ACTION' },
  { heading: 'KIND' },
  { heading: 'STATE' },
  { heading: 'TRIES', numeric: true },
  { heading: 'FOR' },
  { heading: 'REASON' },
] as const;

interface ListOptions {
  readonly instance?: string;
  readonly job?: string;
  readonly state?: string;
  readonly limit: string;
}

/** Adds the commands of actions. */
export function addActionCommands(program: Command, surroundings: Surroundings): void {
  const action = program
    .command('action')
    .description('what algorithms asked to be done: e-mails, SMS, notices, webhooks, controls');
  const list = action.command('list').alias('ls').description('actions, newest first');
  list.option('--instance <name>', 'of one instance').option('--job <job>', 'of one job');
  list.option('--state <state>', 'waiting, held, sending, delivered, failed, refused or unknown');
  list.option('--limit <n>', 'at most so many', '50');
  act(list, surroundings, listActions);
  act(
    action.command('show <action>').description('what was asked, every try, what the other side said'),
    surroundings,
    show,
  );
  act(
    action.command('retry <action>').description('try it again now, whatever budget and quiet hours say'),
    surroundings,
    retry,
  );
}

async function listActions(
  { client, printer, surroundings }: CommandContext,
  _: readonly string[],
  { instance, job, state, limit }: ListOptions,
): Promise<void> {
  const query = { limit: countOf(limit), instance, job, state };
  const { items } = await client.call('listActions', { query });
  const rows = items.map((each) => rowOf(each, surroundings.zone));
  printer.result(items, () => printer.table(COLUMNS, rows, 'No actions.'));
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 1000) return count;
  throw new BerthError('cli.usage', { detail: `"${text}" is not a number from 1 to 1000.`, command: 'action list' });
}

function rowOf({ id, kind, state, tries, target, reason, requestedAt }: ItemOf<'listActions'>, zone: string): string[] {
  return [timeText(requestedAt, zone), id, kind, state, String(tries), target, reason];
}

async function show(
  { client, printer, surroundings }: CommandContext,
  [action = '']: readonly string[],
): Promise<void> {
  const found = await client.call('showAction', { params: { action } });
  printer.result(found, () => {
    printer.facts(factsOf(found, surroundings.zone));
    printer.line();
    printer.table(
      [{ heading: 'TRIED' }, { heading: 'ENDED' }, { heading: 'ACT' }, { heading: 'OUTCOME' }, { heading: 'WORDS' }],
      found.attempts.map(({ at, endedAt, act: id, outcome, text }) => [
        ...[timeText(at, surroundings.zone), timeText(endedAt, surroundings.zone), id, outcome, text],
      ]),
      'It was not tried yet.',
    );
  });
}

function factsOf(found: AnswerOf<'showAction'>, zone: string): [string, string][] {
  const { again, answer, notice } = found;
  return [
    ['Action', `${found.id}, ${found.kind}`],
    ['For', found.target],
    ['State', `${found.state}: ${found.reason}`],
    ['Instance', `${found.instance} of ${found.application}`],
    ['Job', found.job],
    ['Key', found.key],
    ['Asked', timeText(found.requestedAt, zone)],
    ['Until', timeText(found.expiresAt, zone)],
    ['Next', timeText(found.nextAt, zone)],
    ['Ended', timeText(found.endedAt, zone)],
    ...(again ? ([['Again', `asked for by ${again.by} at ${timeText(again.at, zone)}`]] as [string, string][]) : []),
    ...(notice === null ? [] : ([['Tells of', notice]] as [string, string][])),
    ...(answer === null || answer === undefined ? [] : ([['Answer', jsonText(answer, 0)]] as [string, string][])),
  ];
}

async function retry({ client, printer }: CommandContext, [action = '']: readonly string[]): Promise<void> {
  const found = await client.call('retryAction', { params: { action } });
  printer.result(found, () =>
    printer.line(`${found.id} is tried again; 'berth action show ${found.id}' tells how it ends.`),
  );
}
