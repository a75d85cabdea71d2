// berth alert …: what is wrong with the platform, what of it is kept quiet, and who is told.
import type { Command } from 'commander';
import type { ItemOf } from '../../api/contract/answers.ts';
import { BerthError } from '../../model/errors.ts';
import { act, type CommandContext } from '../command-context.ts';
import { durationOf } from '../duration-of.ts';
import { timeText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';

const COLUMNS = [
  { heading: 'SINCE' },
  { heading: 'STATE' },
  { heading: 'SEVERITY' },
  { heading: 'RULE' },
  { heading: 'ABOUT' },
  { heading: 'WHAT' },
] as const;

const SEVERITIES = ['warning', 'critical'] as const;
const CHANNELS = ['smtp', 'webhooks'] as const;

interface SilenceOptions {
  readonly rule?: string;
  readonly subject?: string;
  readonly for: string;
  readonly reason: string;
}

interface RouteOptions {
  readonly channel: string;
  readonly to: readonly string[];
  readonly least: string;
}

/** Adds the commands of alerts. */
export function addAlertCommands(program: Command, surroundings: Surroundings): void {
  const alert = program.command('alert').description('what is wrong with the platform, and who is told');
  const list = alert.command('list', { isDefault: true }).alias('ls').description('alerts that are open, newest first');
  act(
    list.option('--all', 'those too that are over').option('--limit <n>', 'at most so many', '50'),
    surroundings,
    listAll,
  );
  const silence = alert.command('silence').description('keep some quiet for a while: of a rule, of a subject, or all');
  silence.option('--rule <rule>', 'of one rule, such as node-lost');
  silence.option('--subject <subject>', 'of one thing, such as node:n1, or of all that begin so: node:*');
  silence.requiredOption('--for <length>', 'how long, such as 30m, 2h or 1d');
  silence.requiredOption('--reason <text>', 'why, for others who wonder');
  act(silence, surroundings, keepQuiet);
  act(alert.command('silences').description('what is kept quiet, and until when'), surroundings, listSilences);
  act(alert.command('unsilence <silence>').description('end a silence before its time'), surroundings, unsilence);
  addRouteCommands(alert, surroundings);
}

function addRouteCommands(alert: Command, surroundings: Surroundings): void {
  const route = alert.command('route').description('whom alerts are told to, besides the console');
  const add = route.command('add <name>').description('tell somebody, in place of the route of that name');
  add.requiredOption('--channel <channel>', 'smtp or webhooks; it must be described (berth channel apply)');
  add.requiredOption('--to <whom...>', 'mail addresses, or URLs');
  add.option('--least <severity>', 'the least urgent alerts that are told: warning or critical', 'warning');
  act(add, surroundings, addRoute);
  act(route.command('list').alias('ls').description('all routes'), surroundings, listRoutes);
  act(route.command('test <name>').description('send something to all of a route now'), surroundings, testRoute);
  act(route.command('remove <name>').alias('rm').description('tell nobody by it any more'), surroundings, removeRoute);
}

async function listAll(
  { client, printer, surroundings }: CommandContext,
  _: readonly string[],
  { all, limit }: { readonly all?: true; readonly limit: string },
): Promise<void> {
  const state = all ? {} : { state: 'open' };
  const { items } = await client.call('listAlerts', { query: { ...state, limit } });
  printer.result(items, () =>
    printer.table(
      COLUMNS,
      items.map((each) => rowOf(each, surroundings.zone)),
      all ? 'Nothing was ever wrong, as far as it is kept.' : 'Nothing is wrong.',
    ),
  );
}

function rowOf(alert: ItemOf<'listAlerts'>, zone: string): string[] {
  const { openedAt, state, silencedUntil, severity, rule, subject, text } = alert;
  const shown = state === 'open' && silencedUntil !== null ? `quiet until ${timeText(silencedUntil, zone)}` : state;
  return [timeText(openedAt, zone), shown, severity, rule, subject, text];
}

async function keepQuiet(
  { client, printer, surroundings }: CommandContext,
  _: readonly string[],
  { rule, subject, reason, for: length }: SilenceOptions,
): Promise<void> {
  const forMs = durationOf(length, 'alert silence');
  const silence = await client.call('silenceAlerts', {
    body: { rule: rule ?? null, subject: subject ?? null, reason, forMs },
  });
  printer.result(silence, () =>
    printer.line(
      `Quiet until ${timeText(silence.until, surroundings.zone)}; 'berth alert unsilence ${silence.id}' ends it.`,
    ),
  );
}

async function listSilences({ client, printer, surroundings }: CommandContext): Promise<void> {
  const { items } = await client.call('listSilences');
  const rows = items.map(({ id, rule, subject, until, by, reason }) => [
    ...[id, rule ?? 'any', subject ?? 'anything'],
    ...[timeText(until, surroundings.zone), by, reason],
  ]);
  const columns = ['SILENCE', 'RULE', 'ABOUT', 'UNTIL', 'BY', 'WHY'].map((heading) => ({ heading }));
  printer.result(items, () => printer.table(columns, rows, 'Nothing is kept quiet.'));
}

async function unsilence({ client, printer }: CommandContext, [silence = '']: readonly string[]): Promise<void> {
  const answer = await client.call('endSilence', { params: { silence } });
  printer.result(answer, () => printer.line(`The silence ${answer.ended} is over.`));
}

async function addRoute(
  { client, printer }: CommandContext,
  [route = '']: readonly string[],
  options: RouteOptions,
): Promise<void> {
  const channel = oneOf(CHANNELS, options.channel);
  const least = oneOf(SEVERITIES, options.least);
  const put = await client.call('putAlertRoute', { params: { route }, body: { channel, to: [...options.to], least } });
  printer.result(put, () =>
    printer.line(`Alerts go to ${put.to.join(', ')}; try it with 'berth alert route test ${put.id}'.`),
  );
}

/** @throws cli.usage */
function oneOf<T extends string>(words: readonly T[], given: string): T {
  const found = words.find((word) => word === given);
  if (found !== undefined) return found;
  const detail = `"${given}" is none of ${words.join(', ')}.`;
  throw new BerthError('cli.usage', { detail, command: 'alert route add' });
}

async function listRoutes({ client, printer }: CommandContext): Promise<void> {
  const { items } = await client.call('listAlertRoutes');
  const rows = items.map(({ id, channel, to, least }) => [id, channel, least, to.join(' ')]);
  const columns = ['ROUTE', 'CHANNEL', 'FROM', 'TO'].map((heading) => ({ heading }));
  printer.result(items, () => printer.table(columns, rows, 'Nobody is told; alerts are in the console alone.'));
}

async function testRoute({ client, printer }: CommandContext, [route = '']: readonly string[]): Promise<void> {
  printer.progress(`Sending something by ${route} …`);
  const { told } = await client.call('testAlertRoute', { params: { route } });
  printer.result(told, () => {
    for (const { to, said } of told) printer.line(`${to}: delivered. ${said}`);
  });
}

async function removeRoute({ client, printer }: CommandContext, [route = '']: readonly string[]): Promise<void> {
  const answer = await client.call('removeAlertRoute', { params: { route } });
  printer.result(answer, () => printer.line(`Nobody is told by ${answer.removed} any more.`));
}
