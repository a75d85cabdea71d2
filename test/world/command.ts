// Running programs of the machine for the tests' world: words, never a shell string.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** How a program ended and what it wrote. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export async function run(argv: readonly string[]): Promise<Finished> {
  const [program = '', ...words] = argv;
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: (code as number | null) ?? -1, stdout, stderr };
}

/** Runs a program that must succeed with some text as its input. */
export async function feed(argv: readonly string[], input: string): Promise<void> {
  const [program = '', ...words] = argv;
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new Error(`'${argv.join(' ')}' ended with ${code}: ${stderr || stdout}`);
}

/** Runs a program that must succeed; resolves to its output. */
export async function mustRun(argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(argv);
  if (code !== 0) throw new Error(`'${argv.join(' ')}' ended with ${code}: ${stderr || stdout}`);
  return stdout;
}
