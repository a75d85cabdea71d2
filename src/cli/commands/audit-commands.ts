// berth audit …: who did what, from where, and whether the records of it are whole.
import type { Command } from 'commander';
import type { ItemOf } from '../../api/contract/answers.ts';
import { BerthError } from '../../model/errors.ts';
import { act, type CommandContext } from '../command-context.ts';
import { timeText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';

const COLUMNS = [
  { heading: 'AT' },
  { heading: 'WHO' },
  { heading: 'FROM' },
  { heading: 'ACT' },
  { heading: 'OBJECT' },
  { heading: 'OUTCOME' },
] as const;

interface FilterOptions {
  readonly who?: string;
  readonly object?: string;
  readonly since?: string;
}

/** Adds the commands of the audit. */
export function addAuditCommands(program: Command, surroundings: Surroundings): void {
  const audit = program.command('audit').description('who did what, from where, and what came of it');
  const list = filtered(audit.command('list', { isDefault: true }).alias('ls').description('the audit, newest first'));
  act(list.option('--limit <n>', 'at most so many', '50'), surroundings, listEntries);
  const everything = filtered(audit.command('export').description('all of it, oldest first: one JSON object a line'));
  act(everything, surroundings, exportEntries);
  act(audit.command('verify').description('whether entries were changed or taken out'), surroundings, verify);
}

function filtered(command: Command): Command {
  command.option('--who <who>', 'of one: user:ana, token:ci, system or nobody');
  command.option('--object <object>', 'about one thing: instance:…, application:…, user:…');
  return command.option('--since <time>', 'from an instant on, or a length of time back such as 7d');
}

async function listEntries(
  { client, printer, surroundings }: CommandContext,
  _: readonly string[],
  { limit, ...filter }: FilterOptions & { readonly limit: string },
): Promise<void> {
  const { items } = await client.call('listAudit', { query: { ...filter, limit } });
  const rows = items.map((each) => rowOf(each, surroundings.zone));
  printer.result(items, () => printer.table(COLUMNS, rows, 'Nothing was done.'));
}

function rowOf({ at, who, from, act: name, object, outcome }: ItemOf<'listAudit'>, zone: string): string[] {
  const came = outcome === null ? 'not known' : (outcome.code ?? 'done');
  return [timeText(at, zone), who, from, name, object ?? '', came];
}

async function exportEntries(
  { client, printer, surroundings }: CommandContext,
  _: readonly string[],
  filter: FilterOptions,
): Promise<void> {
  const call = { query: { ...filter }, signal: surroundings.leave };
  for await (const chunk of await client.open('exportAudit', call)) printer.raw(chunk);
}

async function verify({ client, printer }: CommandContext): Promise<void> {
  const found = await client.call('verifyAudit');
  const { entries, chains, removed, unknown, holes } = found;
  printer.result(found, () => {
    printer.line(`${entries} entries in ${chains} chains; ${removed} went by age, of ${unknown} no outcome is known.`);
    const rows = holes.map(({ chain, number, what, sentence }) => [chain, String(number), what, sentence]);
    const columns = [
      { heading: 'CHAIN' },
      { heading: 'NUMBER', numeric: true as const },
      { heading: 'WHAT' },
      { heading: 'FOUND' },
    ];
    printer.table(columns, rows, 'None was changed or taken out.');
  });
  if (holes.length > 0) throw new BerthError('audit.not-whole', { holes: holes.length });
}
