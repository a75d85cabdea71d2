// berth channel …: the ways by which actions leave the platform.
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { AnswerOf } from '../../api/contract/answers.ts';
import { BerthError } from '../../model/errors.ts';
import { act, type CommandContext } from '../command-context.ts';
import { jsonText } from '../json-text.ts';
import { timeText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';

type Access = AnswerOf<'showChannel'>['access'];

/** Adds the commands of channels. */
export function addChannelCommands(program: Command, surroundings: Surroundings): void {
  const channel = program.command('channel').description('ways by which actions leave the platform');
  act(
    channel
      .command('apply <file>')
      .description('describe one in a JSON file (docs/actions.md), in place of the one of its kind'),
    surroundings,
    apply,
  );
  act(channel.command('list').alias('ls').description('all channels'), surroundings, list);
  act(channel.command('show <channel>').description('one channel as it was described'), surroundings, show);
  const test = channel.command('test <channel>').description('send something by it now');
  test.requiredOption('--to <whom>', 'a mailbox, a telephone number, or a URL');
  act(test, surroundings, tryOut);
  act(
    channel.command('remove <channel>').alias('rm').description('take it away; what needs it waits'),
    surroundings,
    remove,
  );
}

async function apply({ client, printer }: CommandContext, [path = '']: readonly string[]): Promise<void> {
  const applied = await client.call('applyChannel', { body: await described(path) });
  printer.result(applied, () =>
    printer.line(`Channel ${applied.id} is described; try it with 'berth channel test ${applied.id} --to …'.`),
  );
}

async function described(path: string): Promise<object> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new BerthError('cli.file-unreadable', { path, detail }, { cause });
  }
  throw new BerthError('cli.file-unreadable', { path, detail: 'it holds no JSON object' });
}

async function list({ client, printer, surroundings }: CommandContext): Promise<void> {
  const { items } = await client.call('listChannels');
  const rows = items.map(({ id, access, updatedAt }) => [id, whereTo(access), timeText(updatedAt, surroundings.zone)]);
  const columns = [{ heading: 'CHANNEL' }, { heading: 'WHERE' }, { heading: 'DESCRIBED' }];
  printer.result(items, () =>
    printer.table(columns, rows, "No channels; describe one in a file and apply it with 'berth channel apply FILE'."),
  );
}

function whereTo(access: Access): string {
  if (access.kind === 'smtp') return `${access.host}:${access.port}, TLS ${access.tls}, from ${access.from}`;
  if (access.kind === 'sms-gateway') return `${access.method} ${access.url}`;
  const allowed = access.allowPrivate.length === 0 ? 'no private hosts' : `private: ${access.allowPrivate.join(' ')}`;
  return `${access.secretFile === null ? 'unsigned' : 'signed'}, ${allowed}`;
}

async function show({ client, printer }: CommandContext, [channel = '']: readonly string[]): Promise<void> {
  const found = await client.call('showChannel', { params: { channel } });
  printer.result(found, () => printer.text(jsonText(found.access, 2)));
}

async function tryOut(
  { client, printer }: CommandContext,
  [channel = '']: readonly string[],
  { to }: { readonly to: string },
): Promise<void> {
  printer.progress(`Sending something to ${to} …`);
  const answer = await client.call('testChannel', { params: { channel }, body: { to } });
  printer.result(answer, () => printer.line(`Delivered. ${answer.said}`));
}

async function remove({ client, printer }: CommandContext, [channel = '']: readonly string[]): Promise<void> {
  const answer = await client.call('removeChannel', { params: { channel } });
  printer.result(answer, () => printer.line(`Channel ${answer.removed} is taken away; what needs it waits.`));
}
