// The program around the commands: help, completion, and what a start loads.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../../src/cli/program.ts';
import { collector, runWords } from './cli-world.ts';

const PROGRAM = join(import.meta.dirname, 'lone-program.ts');
const run = promisify(execFile);

/** Runs the program in a process of its own. */
function lone(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const options = { env: { PATH: process.env.PATH ?? '', ...environment }, timeout: 9000 };
  return run(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM, ...words], options);
}

function leavesOf(command: Command, path: readonly string[] = []): string[][] {
  return command.commands.flatMap((child) => [[...path, child.name()], ...leavesOf(child, [...path, child.name()])]);
}

describe('help', () => {
  const { stream } = collector();
  const program = buildProgram(
    {
      credentials: { url: '', token: undefined },
      ...{
        out: stream,
        err: stream,
        terminal: false,
        color: false,
        columns: 80,
        zone: 'UTC',
        now: () => 0,
        pause: async () => undefined,
      },
      confirm: undefined,
      tokenGiven: true,
      readSecret: async () => '',
      saveCredentials: async () => '',
      leave: new AbortController().signal,
    },
    '0.1.0',
  );

  it.each([[], ...leavesOf(program)])('of berth %s %s is printed, with what it does', async (...words) => {
    const { code, out, err } = await runWords([...words.filter((word) => word !== undefined), '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Usage: berth/);
    expect(out).toContain('--json');
    expect(out.split('\n').every((line) => line.length <= 80)).toBe(true);
  });

  it('is what berth alone gives, as a usage error', async () => {
    expect(await runWords([])).toMatchObject({ code: 64, out: '', err: expect.stringContaining('Usage: berth') });
    expect(await runWords(['app'])).toMatchObject({ code: 64, err: expect.stringContaining('Usage: berth app') });
  });

  it('comes beside the version', async () => {
    expect(await runWords(['--version'])).toEqual({ code: 0, out: '0.1.0\n', err: '' });
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('is printed for %s', async (shell) => {
    const { stdout } = await lone(['completion', shell]);
    expect(stdout).toContain('berth');
    expect(stdout).toContain('complete');
  });

  it('of a shell that nobody knows is a usage error', async () => {
    await expect(lone(['completion', 'csh'])).rejects.toMatchObject({ code: 64 });
  });

  it('completes commands and options', async () => {
    const complete = async (...words: string[]) => {
      const { stdout } = await lone(['complete', '--', ...words]);
      return stdout.split('\n').map((line) => line.split('\t')[0]);
    };
    expect(await complete('inst')).toContain('instance');
    expect(await complete('instance', '')).toEqual(expect.arrayContaining(['create', 'ls', 'show', 'rm']));
    expect(await complete('instance', 'create', '--cop')).toContain('--copies');
  });
});

describe('a start', () => {
  it('loads neither schemas nor what makes zips', async () => {
    const { stderr } = await lone(['--help'], { SHOW_LOADED: '1' });
    const packages = stderr.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\//g);
    expect([...new Set([...packages].map(([, name]) => name))].toSorted()).toEqual(['@bomb.sh/tab', 'commander']);
  });
});
