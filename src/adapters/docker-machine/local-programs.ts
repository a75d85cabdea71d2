// Programs of the platform's own machine.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { lineTeller, type MachinePrograms, type ProgramResult, type ProgramRun } from './machine-programs.ts';

/** The programs of the machine that this process runs on, with this process's environment. */
export const localPrograms: MachinePrograms = { address: 'this machine', run: runLocally };

async function runLocally(words: readonly string[], { input, onLine, signal }: ProgramRun): Promise<ProgramResult> {
  const [program = '', ...rest] = words;
  const child = spawn(program, rest, { stdio: 'pipe', signal });
  if (onLine) for (const stream of [child.stdout, child.stderr]) stream.on('data', lineTeller(onLine));
  // A program that does not read its input may be gone before it was written.
  child.stdin.on('error', () => child.stdin.destroy());
  child.stdin.end(input ?? '');
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, name) => resolve(String(code ?? name)));
  });
  const [output, complaint, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, output, complaint: complaint.trim() };
}
