// berth token …: what programs speak to the platform with.
import type { Command } from 'commander';
import type { AnswerOf, ItemOf } from '../../api/contract/answers.ts';
import { act, type CommandContext } from '../command-context.ts';
import { durationOf } from '../duration-of.ts';
import { timeText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';

interface OwnerOptions {
  readonly platform?: true;
}

interface MakeOptions extends OwnerOptions {
  readonly permission: readonly string[];
  readonly project?: readonly string[];
  readonly expires: string | false;
}

type Token = ItemOf<'listTokens'>;

const COLUMNS = [
  ...[{ heading: 'TOKEN' }, { heading: 'NAME' }, { heading: 'OF' }, { heading: 'PERMISSIONS' }],
  ...[{ heading: 'PROJECTS' }, { heading: 'EXPIRES' }, { heading: 'USED' }],
];
const PLATFORM = ['--platform', "the platform's own, which belong to nobody"] as const;

/** Adds the commands of tokens. */
export function addTokenCommands(program: Command, surroundings: Surroundings): void {
  const token = program.command('token').description('what programs speak to the platform with');
  const list = token.command('list').alias('ls').description('your tokens');
  act(list.option('--platform', "everybody's, and those that belong to nobody"), surroundings, listTokens);
  const make = token.command('make <name>').description('make one; it is shown this once');
  make.requiredOption('--permission <names...>', 'what it gives, such as jobs:read; * is all that you may');
  make.option('--project <names...>', 'only in these projects');
  make.option('--expires <length>', 'after which it counts no more, such as 12h or 30d', '90d');
  make.option('--no-expires', 'it counts until it is revoked');
  act(make.option(...PLATFORM), surroundings, makeToken);
  const revoke = token.command('revoke <token>').description('let one count no more, by its id');
  act(revoke.option(...PLATFORM), surroundings, revokeToken);
}

async function listTokens(
  { client, printer, surroundings }: CommandContext,
  _: readonly string[],
  { platform }: OwnerOptions,
): Promise<void> {
  const items = platform ? await client.all('listTokens') : (await client.call('listMyTokens')).items;
  const rows = items.map((token) => rowOf(token, surroundings.zone));
  printer.result(items, () => printer.table(COLUMNS, rows, "No tokens; make one with 'berth token make'."));
}

function rowOf({ id, name, user, permissions, projects, expiresAt, usedAt }: Token, zone: string): readonly string[] {
  return [
    ...[id, name, user ?? '-', permissions.join(' '), projects?.join(' ') ?? 'all'],
    ...[expiresAt === null ? 'never' : timeText(expiresAt, zone), timeText(usedAt, zone)],
  ];
}

async function makeToken(
  { client, printer, surroundings }: CommandContext,
  [name = '']: readonly string[],
  { permission: permissions, project, expires, platform }: MakeOptions,
): Promise<void> {
  const expiresInMs = expires === false ? null : durationOf(expires, 'token make');
  const body = { name, permissions, projects: project ?? null, expiresInMs };
  const made: AnswerOf<'makeToken'> = await client.call(platform ? 'makeToken' : 'makeMyToken', { body });
  const until = made.expiresAt === null ? 'does not expire' : `expires ${timeText(made.expiresAt, surroundings.zone)}`;
  printer.result(made, () => {
    printer.line(`The token ${made.name} (${made.id}) ${until}; it is shown this once:`);
    printer.line(made.token);
  });
}

async function revokeToken(
  { client, printer }: CommandContext,
  [token = '']: readonly string[],
  { platform }: OwnerOptions,
): Promise<void> {
  const answer = await client.call(platform ? 'revokeToken' : 'revokeMyToken', { params: { token } });
  printer.result(answer, () => printer.line(`The token ${answer.removed} counts no more.`));
}
