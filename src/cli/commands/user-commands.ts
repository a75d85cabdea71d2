// berth user …: people, to whom instances tell things and who may sign in.
import type { Command } from 'commander';
import type { AnswerOf, ItemOf } from '../../api/contract/answers.ts';
import { BerthError } from '../../model/errors.ts';
import { act, type CommandContext, pairsOf } from '../command-context.ts';
import { timeText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';

interface UserOptions {
  readonly name?: string;
  readonly email?: string | false;
  readonly mailNotices?: boolean;
}

interface RoleOptions {
  readonly administrator?: boolean;
  readonly role?: readonly string[];
  readonly dropRole?: readonly string[];
}

type User = ItemOf<'listUsers'>;

const COLUMNS = [
  ...[{ heading: 'USER' }, { heading: 'NAME' }, { heading: 'E-MAIL' }, { heading: 'NOTICES BY E-MAIL' }],
  ...[{ heading: 'ROLES' }, { heading: 'STATE' }, { heading: 'LAST SEEN' }],
];

/** Adds the commands of users. */
export function addUserCommands(program: Command, surroundings: Surroundings): void {
  const user = program.command('user').description('people: what they are told, and what they may do');
  const add = user.command('add <user>').description('add one; they can sign in once they were invited');
  add.option('--name <text>', 'as people call them').option('--email <address>', 'their mailbox');
  add.option('--mail-notices', 'send notices by e-mail as well');
  add.option('--administrator', 'may do everything on the platform');
  act(add.option('--role <project=role...>', 'developer, configurer or user in a project'), surroundings, addUser);
  act(user.command('list').alias('ls').description('all users, with their roles'), surroundings, list);
  const change = user.command('change <user>').description('change what is known of one');
  change.option('--name <text>', 'as people call them').option('--email <address>', 'their mailbox');
  change.option('--no-email', 'forget their mailbox').option('--mail-notices', 'send notices by e-mail as well');
  act(change.option('--no-mail-notices', 'keep notices to the inbox'), surroundings, changeUser);
  addAccessCommands(user, surroundings);
  act(
    user.command('remove <user>').alias('rm').description('forget one, with their sessions and tokens'),
    surroundings,
    remove,
  );
}

function addAccessCommands(user: Command, surroundings: Surroundings): void {
  const access = user.command('access <user>').description('say what one may do; it counts at once');
  access.option('--administrator', 'may do everything on the platform');
  access.option('--no-administrator', 'may do only what roles give');
  access.option('--role <project=role...>', 'developer, configurer or user in a project');
  act(access.option('--drop-role <project...>', 'no role in a project any more'), surroundings, setAccess);
  const invite = user.command('invite <user>').description('send a link by which they set their password');
  act(invite.option('--link', 'show the link instead, for you to pass on'), surroundings, inviteUser);
  act(user.command('disable <user>').description('sign one out; none of their tokens counts'), surroundings, disable);
  act(user.command('enable <user>').description('let one sign in again'), surroundings, enable);
  const sessions = user.command('sessions').description('where people are signed in');
  act(sessions.command('end <user>').description('sign one out everywhere'), surroundings, endSessions);
}

async function addUser(
  { client, printer }: CommandContext,
  [name = '']: readonly string[],
  { administrator = false, role = [], ...options }: UserOptions & RoleOptions,
): Promise<void> {
  const body = { name, ...detailsOf(options), administrator, memberships: pairsOf(role, 'user add') };
  const added = await client.call('addUser', { body });
  printer.result(added, () => {
    printer.line(`User ${added.name} is added; instances tell them things when "notify" names them.`);
    printer.line(`They can sign in once you invite them: berth user invite ${added.name}`);
  });
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

async function list({ client, printer, surroundings }: CommandContext): Promise<void> {
  const items = await client.all('listUsers');
  const rows = items.map((user) => [
    ...[user.name, user.displayName, user.email ?? '-', user.mailsNotices ? 'yes' : 'no'],
    ...[rolesText(user), stateText(user), timeText(user.lastSeenAt, surroundings.zone)],
  ]);
  printer.result(items, () => printer.table(COLUMNS, rows, "No users; add one with 'berth user add'."));
}

function rolesText({ administrator, memberships }: User): string {
  const roles = Object.entries(memberships).map(([project, role]) => `${project}=${role}`);
  return [...(administrator ? ['administrator'] : []), ...roles].join(' ') || '-';
}

function stateText({ disabled, hasPassword }: User): string {
  if (disabled) return 'disabled';
  return hasPassword ? 'can sign in' : 'has no password';
}

async function setAccess(
  { client, printer }: CommandContext,
  [user = '']: readonly string[],
  { administrator, role = [], dropRole = [] }: RoleOptions,
): Promise<void> {
  if (administrator === undefined && role.length + dropRole.length === 0)
    throw new BerthError('cli.usage', { detail: 'Say what is to be changed.', command: 'user access' });
  const given = pairsOf(role, 'user access');
  const before = (await client.all('listUsers')).find(({ name }) => name === user)?.memberships ?? {};
  const kept = Object.entries(before).filter(([project]) => !dropRole.includes(project));
  const memberships = { ...Object.fromEntries(kept), ...given };
  const body = administrator === undefined ? { memberships } : { administrator, memberships };
  const changed = await client.call('setUserAccess', { params: { user }, body });
  printer.result(changed, () => printer.line(`User ${changed.name}: ${rolesText(changed)}.`));
}

async function inviteUser(
  { client, printer, surroundings }: CommandContext,
  [user = '']: readonly string[],
  { link }: { readonly link?: true },
): Promise<void> {
  const invited = await client.call('inviteUser', { params: { user }, body: { by: link ? 'link' : 'mail' } });
  const until = timeText(invited.expiresAt, surroundings.zone);
  printer.result(invited, () => {
    if (invited.mailed) printer.line(`A link was mailed to ${user}; it works once, until ${until}.`);
    else printer.line(`Pass this link on to ${user}; it works once, until ${until}, and is shown this once:`);
    if (invited.link !== null) printer.line(invited.link);
  });
}

async function disable({ client, printer }: CommandContext, [user = '']: readonly string[]): Promise<void> {
  const changed = await client.call('setUserAccess', { params: { user }, body: { disabled: true } });
  printer.result(changed, () => printer.line(`User ${user} is signed out, and may not sign in any more.`));
}

async function enable({ client, printer }: CommandContext, [user = '']: readonly string[]): Promise<void> {
  const changed = await client.call('setUserAccess', { params: { user }, body: { disabled: false } });
  printer.result(changed, () => printer.line(`User ${user} may sign in again.`));
}

async function endSessions({ client, printer }: CommandContext, [user = '']: readonly string[]): Promise<void> {
  const answer = await client.call('endUserSessions', { params: { user } });
  printer.result(answer, () => printer.line(`${answer.ended} sessions of ${user} ended.`));
}

async function remove({ client, printer }: CommandContext, [user = '']: readonly string[]): Promise<void> {
  const answer = await client.call('removeUser', { params: { user } });
  printer.result(answer, () => printer.line(`User ${answer.removed} is forgotten.`));
}
