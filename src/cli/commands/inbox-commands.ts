// berth inbox …: the notices that users got.
import type { Command } from 'commander';
import { BerthError } from '../../model/errors.ts';
import { act, type CommandContext } from '../command-context.ts';
import { timeText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';

const COLUMNS = [
  { heading: 'AT' },
  { heading: 'NOTICE' },
  { heading: 'READ' },
  { heading: 'SEVERITY' },
  { heading: 'INSTANCE' },
  { heading: 'TITLE' },
  { heading: 'TEXT' },
] as const;

interface InboxOptions {
  readonly user?: string;
}

/** Adds the commands of inboxes. */
export function addInboxCommands(program: Command, surroundings: Surroundings): void {
  const inbox = program.command('inbox').description('notices that users got');
  const list = inbox.command('list').alias('ls').description('notices, newest first');
  list.option('--user <name>', 'whose; your own without it').option('--unread', 'only those that were not read');
  act(list, surroundings, listInbox);
  const read = inbox.command('read [notice]').description('mark one as read, or all of them without its id');
  act(read.option('--user <name>', 'whose; your own without it'), surroundings, readNotices);
}

async function listInbox(
  { client, printer, surroundings }: CommandContext,
  _: readonly string[],
  { user: named, unread }: InboxOptions & { readonly unread?: true },
): Promise<void> {
  const user = named ?? (await onlyUser({ client }));
  const { items } = await client.call('listInbox', { params: { user } });
  const shown = items.filter(({ readAt }) => !unread || readAt === null);
  const rows = shown.map(({ at, id, readAt, severity, instance, title, text }) => [
    ...[timeText(at, surroundings.zone), id, readAt === null ? 'no' : 'yes', severity, instance, title, text],
  ]);
  printer.result(shown, () => printer.table(COLUMNS, rows, `No notices for ${user}.`));
}

async function readNotices(
  { client, printer }: CommandContext,
  [notice = '']: readonly string[],
  { user: named }: InboxOptions,
): Promise<void> {
  const user = named ?? (await onlyUser({ client }));
  if (notice === '') {
    const answer = await client.call('readInbox', { params: { user } });
    printer.result(answer, () => printer.line(`${answer.read} notices of ${user} are marked as read.`));
    return;
  }
  const answer = await client.call('readNotice', { params: { user, notice } });
  printer.result(answer, () => printer.line(`"${answer.title}" is marked as read.`));
}

/** Who asks; for a token that belongs to nobody, the only user that there is. */
async function onlyUser({ client }: Pick<CommandContext, 'client'>): Promise<string> {
  const { user } = await client.call('me');
  if (user !== null) return user;
  const { items } = await client.call('listUsers');
  const [only, ...others] = items;
  if (only && others.length === 0) return only.name;
  const detail = only ? `Say whose: --user ${items.map(({ name }) => name).join(', ')}.` : 'There are no users yet.';
  throw new BerthError('cli.usage', { detail, command: 'inbox' });
}
