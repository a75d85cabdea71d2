// How the launcher comes by its task document: a line on standard input, kept for whoever starts the container again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { SDK } from './launched.ts';

const PROGRAM =
  'import sys\nfrom berth import _task\n_task.receive(sys.argv[1])\nprint(open(sys.argv[1]).read(), end="")';

interface Received {
  readonly path: string;
  readonly stdout: string;
  readonly stderr: string;
}

async function receive(input: string, before?: string): Promise<Received> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-receive-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const path = before === undefined ? join(directory, '.berth', 'task.json') : join(directory, 'task.json');
  if (before !== undefined) await writeFile(path, before);
  const child = spawn('python3', ['-B', '-c', PROGRAM, path], { env: { ...process.env, PYTHONPATH: SDK } });
  child.stdin.on('error', () => {}).end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { path, stdout, stderr };
}

test('the document is the first line, kept where only the task can read it', async () => {
  const { path, stdout } = await receive('{"task":"größer"}\n{"task":"later"}\n');
  expect(stdout).toBe('{"task":"größer"}');
  expect((await stat(path)).mode & 0o777).toBe(0o400);
  expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700);
});

test('a document larger than a pipe holds arrives whole', async () => {
  const large = JSON.stringify({ parameter: 'x'.repeat(3_000_000) });
  const { path } = await receive(`${large}\n`);
  expect(await readFile(path, 'utf8')).toBe(large);
});

test('a document of an earlier start stays', async () => {
  const { stdout } = await receive('{"task":"new"}\n', '{"task":"old"}');
  expect(stdout).toBe('{"task":"old"}');
});
