// berth user …: people to whom instances tell things.
import type { Command } from 'commander';
import { BerthError } from '../../model/errors.ts';
import type { AnswerOf } from '../api-client.ts';
import { act, type CommandContext } from '../command-context.ts';
import type { Surroundings } from '../surroundings.ts';

interface UserOptions {
  readonly name?: string;
  readonly email?: string | false;
  readonly mailNotices?: boolean;
}

/** Adds the commands of users. */
export function addUserCommands(program: Command, surroundings: Surroundings): void {
  const user = program.command('user').description('people to whom instances tell things');
  const add = user.command('add <user>').description('add one');
  add.option('--name <text>', 'as people call them').option('--email <address>', 'their mailbox');
  act(add.option('--mail-notices', 'send notices by e-mail as well'), surroundings, addUser);
  act(user.command('list').alias('ls').description('all users'), surroundings, list);
  const change = user.command('change <user>').description('change what is known of one');
  change.option('--name <text>', 'as people call them').option('--email <address>', 'their mailbox');
  change.option('--no-email', 'forget their mailbox').option('--mail-notices', 'send notices by e-mail as well');
  act(change.option('--no-mail-notices', 'keep notices to the inbox'), surroundings, changeUser);
  act(user.command('remove <user>').alias('rm').description('forget one'), surroundings, remove);
}

async function addUser(
  { client, printer }: CommandContext,
  [name = '']: readonly string[],
  options: UserOptions,
): Promise<void> {
  const added = await client.call('addUser', { body: { name, ...detailsOf(options) } });
  printer.result(added, () =>
    printer.line(`User ${added.name} is added; instances tell them things when "notify" names them.`),
  );
}

async function changeUser(
  { client, printer }: CommandContext,
  [user = '']: readonly string[],
  options: UserOptions,
): Promise<void> {
  const body = detailsOf(options);
  if (Object.keys(body).length === 0)
    throw new BerthError('cli.usage', { detail: 'Say what is to be changed.', command: 'user change' });
  const changed = await client.call('changeUser', { params: { user }, body });
  printer.result(changed, () => printer.line(`User ${changed.name}: ${inWords(changed)}.`));
}

/** `--no-email` makes it false; without either option it is not there, or true where only the negative one is known. */
function detailsOf({ name, email, mailNotices }: UserOptions): Record<string, unknown> {
  return {
    ...(name === undefined ? {} : { displayName: name }),
    ...(typeof email === 'string' ? { email } : {}),
    ...(email === false ? { email: null } : {}),
    ...(mailNotices === undefined ? {} : { mailsNotices: mailNotices }),
  };
}

function inWords({ displayName, email, mailsNotices }: AnswerOf<'changeUser'>): string {
  return `${displayName}, ${email ?? 'no mailbox'}, notices ${mailsNotices ? 'by e-mail as well' : 'to the inbox'}`;
}

async function list({ client, printer }: CommandContext): Promise<void> {
  const { items } = await client.call('listUsers');
  const columns = [{ heading: 'USER' }, { heading: 'NAME' }, { heading: 'E-MAIL' }, { heading: 'NOTICES BY E-MAIL' }];
  const rows = items.map(({ name, displayName, email, mailsNotices }) => [
    ...[name, displayName, email ?? '-', mailsNotices ? 'yes' : 'no'],
  ]);
  printer.result(items, () => printer.table(columns, rows, "No users; add one with 'berth user add'."));
}

async function remove({ client, printer }: CommandContext, [user = '']: readonly string[]): Promise<void> {
  const answer = await client.call('removeUser', { params: { user } });
  printer.result(answer, () => printer.line(`User ${answer.removed} is forgotten.`));
}
