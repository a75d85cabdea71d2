// berth app …: push and check packages, list, show and remove applications, roll forward and back.
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import type { AnswerOf } from '../../api/contract/answers.ts';
import { BerthError } from '../../model/errors.ts';
import { act, type CommandContext } from '../command-context.ts';
import { shortDigest, sizeText, timeText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';

/** Adds the commands of applications. */
export function addAppCommands(program: Command, surroundings: Surroundings): void {
  const app = program.command('app').description('applications and their packages');
  act(app.command('push <path>').description('upload a directory or zip as a new package'), surroundings, push);
  act(
    app.command('check <path>').description('check a directory or zip as an upload would, keeping nothing'),
    surroundings,
    check,
  );
  act(app.command('ls').description('all applications'), surroundings, list);
  act(
    app.command('show <application>').description('one application with its packages and algorithms'),
    surroundings,
    show,
  );
  act(app.command('use <application> <package>').description('roll forward or back to a package'), surroundings, use);
  act(app.command('rm <application>').description('remove an application that has no instances'), surroundings, remove);
}

async function push(context: CommandContext, [path = '']: readonly string[]): Promise<void> {
  const { client, printer } = context;
  printer.progress(`Uploading ${path} …`);
  const pushed = await client.call('pushPackage', { zip: await openPackage(path) });
  printer.result(pushed, () => {
    const what = pushed.existed ? 'was here already and is now the current package' : 'is the new package';
    printer.line(`${shortDigest(pushed.package)} ${what} of ${pushed.application} (version ${pushed.version}).`);
    for (const warning of pushed.warnings) printer.line(`Note: ${warning}`);
  });
}

async function check({ client, printer }: CommandContext, [path = '']: readonly string[]): Promise<void> {
  const checked = await client.call('checkPackage', { zip: await openPackage(path) });
  printer.result(checked, () =>
    printer.line(`${path} is a good package of ${checked.application} (version ${checked.version}).`),
  );
}

async function openPackage(path: string): Promise<Readable> {
  try {
    const isDirectory = (await stat(path)).isDirectory();
    if (!isDirectory) return await openFile(path);
    // Only uploads need what makes zips: the other commands start without it.
    const { zipDirectory } = await import('../zip-directory.ts');
    return await zipDirectory(path);
  } catch (cause) {
    if (cause instanceof BerthError) throw cause;
    throw new BerthError(
      'cli.file-unreadable',
      { path, detail: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    );
  }
}

async function openFile(path: string): Promise<Readable> {
  const file = createReadStream(path);
  await once(file, 'open');
  return file;
}

async function list({ client, printer, surroundings }: CommandContext): Promise<void> {
  const items = await client.all('listApplications');
  const columns = [{ heading: 'NAME' }, { heading: 'PACKAGE' }, { heading: 'UPDATED' }, { heading: 'DESCRIPTION' }];
  const rows = items.map((item) => [
    item.name,
    shortDigest(item.currentPackage),
    timeText(item.updatedAt, surroundings.zone),
    item.description,
  ]);
  printer.result(items, () => printer.table(columns, rows, "No applications yet; upload one with 'berth app push'."));
}

async function show(
  { client, printer, surroundings }: CommandContext,
  [application = '']: readonly string[],
): Promise<void> {
  const found = await client.call('showApplication', { params: { application } });
  printer.result(found, () => {
    printer.facts([
      ['Application', found.name],
      ['Description', found.description],
      ['Instances', found.instances.join(', ') || 'none'],
    ]);
    printer.line();
    const columns = [
      { heading: 'PACKAGE' },
      { heading: 'VERSION' },
      { heading: 'SIZE', numeric: true as const },
      { heading: 'UPLOADED' },
      { heading: 'IMAGE' },
      { heading: 'ALGORITHMS' },
    ];
    printer.table(
      columns,
      found.packages.map((item) => packageRow(found, item, surroundings.zone)),
      'No packages.',
    );
    for (const item of found.packages) if (item.image?.error) printImageError(printer, item.id, item.image.error);
  });
}

type Detail = AnswerOf<'showApplication'>;

function packageRow(found: Detail, item: Detail['packages'][number], zone: string): string[] {
  const current = item.id === found.currentPackage ? ' (current)' : '';
  const algorithms = item.algorithms.map(({ id }) => id).join(', ');
  return [
    `${shortDigest(item.id)}${current}`,
    item.version,
    sizeText(item.sizeBytes),
    timeText(item.createdAt, zone),
    item.image?.state ?? '-',
    algorithms,
  ];
}

type ImageError = NonNullable<NonNullable<Detail['packages'][number]['image']>['error']>;

function printImageError(printer: CommandContext['printer'], id: string, error: ImageError): void {
  printer.line();
  printer.line(`The image of ${shortDigest(id)} could not be made: ${error.message}`);
  for (const line of error.lastLines) printer.line(`  | ${line}`);
  printer.line(`  ${error.remedy}`);
}

async function use(
  { client, printer }: CommandContext,
  [application = '', pkg = '']: readonly string[],
): Promise<void> {
  const used = await client.call('usePackage', { params: { application }, body: { package: pkg } });
  printer.result(used, () => printer.line(`New jobs of ${application} run ${shortDigest(used.currentPackage)}.`));
}

async function remove({ client, printer }: CommandContext, [application = '']: readonly string[]): Promise<void> {
  const removed = await client.call('removeApplication', { params: { application } });
  printer.result(removed, () => printer.line(`${application} is removed.`));
}
