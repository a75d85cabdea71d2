// berth backup create: a backup of a platform that runs. What needs the platform's machine is added by main.
import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { BerthError } from '../../model/errors.ts';
import { act, type CommandContext } from '../command-context.ts';
import type { Surroundings } from '../surroundings.ts';

/** Adds the command, and gives the group that it is in. */
export function addBackupCommands(program: Command, surroundings: Surroundings): Command {
  const backup = program.command('backup').description('copies of everything, to bring a platform back from');
  act(
    backup.command('create <file>').description('make one of a platform that runs; its keys are not in it'),
    surroundings,
    create,
  );
  return backup;
}

/** The file is there only when all of it is. @throws cli.file-exists, cli.file-unwritable, AnsweredError, cli.broken-off */
async function create({ client, printer }: CommandContext, [path = '']: readonly string[]): Promise<void> {
  if (existsSync(path)) throw new BerthError('cli.file-exists', { path });
  const bytes = await client.open('createBackup');
  const making = `${path}.part`;
  try {
    await pipeline(
      Readable.from(bytes, { objectMode: false }),
      createWriteStream(making, { mode: 0o600, flush: true }),
    );
    await rename(making, path);
  } catch (error) {
    await rm(making, { force: true });
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new BerthError('cli.file-unwritable', { path, detail: error.message }, { cause: error });
  }
  const { size } = await stat(path);
  printer.result({ file: path, sizeBytes: size }, () => {
    printer.line(`${path} holds the backup, ${size} bytes.`);
    printer.line(
      `Rehearse it with 'berth backup verify ${path}'; it comes back with the keys ('berth backup keys FILE').`,
    );
  });
}
