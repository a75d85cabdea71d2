// berth backup keys, berth backup verify, berth restore: what works on the platform's own machine, without the platform.
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { act, type CommandContext } from '../cli/command-context.ts';
import type { Surroundings } from '../cli/surroundings.ts';
import type { Settings } from '../config/settings.ts';
import { BerthError } from '../model/errors.ts';
import { progressTo } from './progress-lines.ts';
import { upSettings } from './up-settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface DataFlags {
  readonly data?: string;
  readonly keys?: string;
}

/** Adds the commands. */
export function addBackupCommand(program: Command, surroundings: Surroundings, environment: Environment): void {
  const backup = program.commands.find((each) => each.name() === 'backup') ?? program.command('backup');
  const settingsOf = ({ data }: DataFlags) => upSettings(data === undefined ? {} : { data }, environment);
  const keys = backup
    .command('keys <file>')
    .description("copy the keys of this machine's platform, without which a backup does not come back; keep it apart")
    .option('--data <directory>', "the platform's data directory");
  act<DataFlags>(keys, surroundings, (context, [path = ''], flags) => saveKeys(context, path, settingsOf(flags)));
  const verify = backup
    .command('verify <file>')
    .description('rehearse: bring a backup back to a place that is thrown away, and look through it')
    .option('--keys <file>', 'with the keys, so that secrets are tried too');
  act<DataFlags>(verify, surroundings, (context, [path = ''], flags) => verifyFile(context, path, flags.keys));
  const restore = program
    .command('restore <file>')
    .description('bring a platform back from its backup into an empty data directory, before it is started')
    .requiredOption('--keys <file>', "what 'berth backup keys' made")
    .option('--data <directory>', 'where everything is to be kept');
  act<DataFlags>(restore, surroundings, (context, [path = ''], flags) =>
    restoreFile(context, path, flags.keys ?? '', settingsOf(flags)),
  );
}

async function saveKeys({ printer }: CommandContext, path: string, { data }: Settings): Promise<void> {
  const { keyFiles } = await import('./verify-backup.ts');
  const { ZipBackup } = await import('../adapters/zip-backup/zip-backup.ts');
  const files = await keyFiles(join(data, 'keys')).catch((cause: Error) => {
    throw new BerthError('cli.file-unreadable', { path: join(data, 'keys'), detail: cause.message }, { cause });
  });
  const parts = (async function* () {
    yield* files;
  })();
  try {
    await pipeline(new ZipBackup().write(parts), createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new BerthError('cli.file-exists', { path }, { cause: error });
    throw error;
  }
  printer.result({ file: path, keys: files.length }, () =>
    printer.line(`${path} holds the keys: whoever has it and a backup has everything. Keep it apart from the backups.`),
  );
}

async function verifyFile({ printer, surroundings }: CommandContext, path: string, keys?: string): Promise<void> {
  const { verifyBackup } = await import('./verify-backup.ts');
  const progress = progressTo(surroundings.err, surroundings.terminal);
  const found = await progress.during(`Rehearsing ${path}`, (line) =>
    verifyBackup(path, keys, surroundings.terminal ? line : () => undefined),
  );
  printer.result(found, () => {
    printer.line(`Made ${found.createdAt} by Berth ${found.version}.`);
    const secrets = found.secrets === null ? 'secrets were not tried without --keys' : `${found.secrets} secrets open`;
    printer.line(`${found.documents} documents, ${found.blobs} contents, ${found.files.join(' and ')}; ${secrets}.`);
    for (const problem of found.problems) printer.line(problem);
    printer.line(found.problems.length === 0 ? 'All of it comes back.' : 'Not all of it would come back.');
  });
  if (found.problems.length > 0) process.exitCode = 1;
}

async function restoreFile(
  { printer, surroundings }: CommandContext,
  file: string,
  keys: string,
  { data, store, blobs: bytes }: Settings,
): Promise<void> {
  const { restore } = await import('./restore.ts');
  const progress = progressTo(surroundings.err, surroundings.terminal);
  const restored = await progress.during(`Restoring ${file} into ${data}`, (line) =>
    restore({ file, keys, directory: data, store, blobs: bytes }, surroundings.terminal ? line : () => undefined),
  );
  const { documents, blobs, manifest } = restored;
  printer.result({ data, documents, blobs, createdAt: manifest.createdAt }, () => {
    printer.line(`${documents} documents and ${blobs} contents are as they were at ${manifest.createdAt}.`);
    printer.line("Start it with 'berth up'. Tokens that were revoked since count again: look at 'berth token ls'.");
  });
}
