// The files that say which components the supervisor of a machine keeps running: one JSON file each.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { COMPONENT_NAME } from '../model/component-name.ts';
import { BerthError } from '../model/errors.ts';
import { ROLES } from '../model/role.ts';

/** How a component is seen to go on. */
export const watchWay = z
  .union([z.enum(['beats', 'end']), z.strictObject({ kafka: z.int().min(1).max(65_535) })])
  .describe(
    'How it is seen to go on: by its beats; for a broker, by its answers at that port of the machine; for another program that knows of none, only by its not having ended.',
  );

const schema = z.strictObject({
  name: z.string().regex(COMPONENT_NAME).describe('Its name among the components of the platform.'),
  roles: z.array(z.enum(ROLES)),
  environmentFile: z.string().describe('File with a line NAME=value for each of its settings.'),
  command: z.array(z.string()).min(1).optional().describe('The program and its words; absent: berth serve.'),
  watch: watchWay.default('beats'),
});

/** One component that is to run on this machine. */
export interface ComponentFile extends z.output<typeof schema> {
  /** Of everything that it is started with: its environment file included. */
  readonly digest: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What a directory holds. A file that cannot be read is a problem, and its component stays as it was. */
export interface ComponentFiles {
  readonly files: readonly ComponentFile[];
  readonly problems: readonly { readonly file: string; readonly text: string }[];
}

/** Reads all of a directory, by the names of the files. @throws supervise.directory-unreadable */
export async function readComponentFiles(directory: string): Promise<ComponentFiles> {
  const files: ComponentFile[] = [];
  const problems: { file: string; text: string }[] = [];
  for (const file of await namesIn(directory)) {
    try {
      const read = await readOne(join(directory, file));
      if (files.some(({ name }) => name === read.name))
        problems.push({ file, text: `Another file names ${read.name}.` });
      else files.push(read);
    } catch (error) {
      problems.push({ file, text: error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error) });
    }
  }
  return { files, problems };
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort();
  } catch (cause) {
    throw new BerthError('supervise.directory-unreadable', { directory, reason: messageOf(cause) }, { cause });
  }
}

async function readOne(path: string): Promise<ComponentFile> {
  const text = await readFile(path, 'utf8');
  const read = schema.parse(JSON.parse(text));
  const lines = await readFile(read.environmentFile, 'utf8');
  const digest = createHash('sha256').update(text).update('\0').update(lines).digest('hex');
  return { ...read, digest, environment: environmentOf(lines) };
}

/** Lines NAME=value; empty ones and comments are passed over, and quotes around a value are taken off (systemd.exec(5), EnvironmentFile=). */
function environmentOf(text: string): Readonly<Record<string, string>> {
  const pairs = text.split('\n').flatMap((line) => {
    const match = /^\s*([A-Za-z_]\w*)=(.*?)\s*$/.exec(line);
    return match ? [[match[1] ?? '', unquoted(match[2] ?? '')] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function unquoted(value: string): string {
  return /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
