// berth secret …: values that nobody sees again. A value comes from standard input or is typed unseen, never from the words of a command,
// which other people of the machine can read.
import type { Command } from 'commander';
import type { AnswerOf } from '../../api/contract/answers.ts';
import { BerthError } from '../../model/errors.ts';
import { act, type CommandContext } from '../command-context.ts';
import { timeText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';

interface WhoseFlags {
  readonly application?: string;
  readonly platform?: true;
}

/** Adds the commands of secrets. */
export function addSecretCommands(program: Command, surroundings: Surroundings): void {
  const secret = program
    .command('secret')
    .description('values that tasks, channels and providers are given, and nobody sees');
  act(
    whose(secret.command('list').alias('ls').description('names, versions and times; never values')),
    surroundings,
    list,
  );
  act(
    whose(
      secret
        .command('set <name>')
        .description('keep a value, typed unseen or from standard input; running tasks see it'),
    ),
    surroundings,
    set,
  );
  act(
    whose(secret.command('remove <name>').alias('rm').description('take away one that nothing names')),
    surroundings,
    remove,
  );
  act(secret.command('renew-key').description('make a new key and seal every secret with it'), surroundings, renewKey);
}

function whose(command: Command): Command {
  return command
    .option('--app, --application <name>', 'of this application')
    .option('--platform', "of the platform itself, for channels and providers, which name it 'secret:NAME'");
}

/** The application; null: the platform. @throws cli.usage unless exactly one is given */
function ownerOf({ application, platform }: WhoseFlags, command: string): string | null {
  if ((application === undefined) !== (platform === undefined)) return application ?? null;
  throw new BerthError('cli.usage', { detail: 'Say whose secret it is: --application NAME, or --platform.', command });
}

async function list(
  { client, printer, surroundings }: CommandContext,
  _: readonly string[],
  flags: WhoseFlags,
): Promise<void> {
  const application = ownerOf(flags, 'secret ls');
  const { items } =
    application === null
      ? await client.call('listPlatformSecrets')
      : await client.call('listSecrets', { params: { application } });
  const columns = [
    { heading: 'NAME' },
    { heading: 'VALUE', numeric: true as const },
    { heading: 'SET' },
    { heading: 'BY' },
  ];
  const rows = items.map((item) => [item.name, valueText(item), timeText(item.updatedAt, surroundings.zone), item.by]);
  const empty = `No secrets; keep one with 'berth secret set NAME ${application === null ? '--platform' : `--application ${application}`}'.`;
  printer.result(items, () => printer.table(columns, rows, empty));
}

function valueText({ version, readable }: AnswerOf<'listSecrets'>['items'][number]): string {
  return readable ? String(version) : `${version} (lost: set it anew)`;
}

async function set(
  { client, printer, surroundings }: CommandContext,
  [name = '']: readonly string[],
  flags: WhoseFlags,
): Promise<void> {
  const application = ownerOf(flags, 'secret set');
  const value = await surroundings.readSecret(`Value of ${name}`);
  if (value === '')
    throw new BerthError('cli.usage', {
      detail: 'There is no value: type it, or send it to standard input.',
      command: 'secret set',
    });
  const kept =
    application === null
      ? await client.call('putPlatformSecret', { params: { secret: name }, body: { value } })
      : await client.call('putSecret', { params: { application, secret: name }, body: { value } });
  const use =
    application === null ? `channels and providers name it 'secret:${name}'` : 'instance files name it in "secrets"';
  printer.result(kept, () => printer.line(`Secret ${kept.name} is kept; it is value ${kept.version}, and ${use}.`));
}

async function remove(
  { client, printer }: CommandContext,
  [name = '']: readonly string[],
  flags: WhoseFlags,
): Promise<void> {
  const application = ownerOf(flags, 'secret rm');
  const answer =
    application === null
      ? await client.call('removePlatformSecret', { params: { secret: name } })
      : await client.call('removeSecret', { params: { application, secret: name } });
  printer.result(answer, () => printer.line(`Secret ${answer.removed} is taken away.`));
}

async function renewKey({ client, printer }: CommandContext): Promise<void> {
  const answer = await client.call('renewSecretKey');
  printer.result(answer, () => {
    printer.line(
      `${answer.resealed} secrets are sealed with the new key ${answer.key}; the old one is forgotten in an hour or two.`,
    );
    if (answer.unreadable > 0)
      printer.note(`${answer.unreadable} secrets did not open and stay as they are; set them anew.`);
  });
}
