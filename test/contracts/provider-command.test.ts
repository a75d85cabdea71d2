// The Provider contract over a user's own commands, and what only commands can do wrong.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { CommandAccess } from '../../src/adapters/command-provider/command-access.ts';
import { CommandProvider, ORDINARY_COMMAND_LIMITS } from '../../src/adapters/command-provider/command-provider.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { newMachine, providerContract } from './provider-contract.ts';

const PROGRAM = join(import.meta.dirname, 'file-cloud.py');
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', WORD_OF_THE_DAY: 'heliotrope' };

function fileCloud(directory: string): CommandAccess {
  const cloud = ['python3', PROGRAM, directory];
  return {
    kind: 'command',
    status: [...cloud, 'status', '{machine}'],
    start: [...cloud, 'start', '{machine}'],
    stop: [...cloud, 'stop', '{machine}'],
    create: [...cloud, 'create', '{name}', '{act}'],
    find: [...cloud, 'find', '{act}'],
    destroy: [...cloud, 'destroy', '{machine}'],
  };
}

const DOWN: CommandAccess = {
  kind: 'command',
  ...{ status: ['false', '{machine}'], start: ['false', '{machine}'], stop: ['false', '{machine}'] },
  ...{ create: ['false', '{act}'], find: ['false', '{act}'], destroy: ['false', '{machine}'] },
};

function provider(access: CommandAccess, limits = ORDINARY_COMMAND_LIMITS): CommandProvider {
  return new CommandProvider(access, { clock: new SystemClock(), environment: ENVIRONMENT, limits });
}

/** A provider whose `status` is a small program, given as the words after `python3 -c`. */
function asking(program: string, limits = ORDINARY_COMMAND_LIMITS): CommandProvider {
  const status = ['python3', '-c', program, '{machine}'];
  const asked = provider({ ...fileCloud('/nowhere'), status }, limits);
  onTestFinished(() => asked.close());
  return asked;
}

providerContract('commands of the user', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-cloud-'));
  return {
    open: async () => provider(fileCloud(directory)),
    openBroken: async () => ({ provider: provider(DOWN), code: 'provider.failed' }),
    unknownMachine: 'web-404',
    machines: async () => readdirSync(directory).map((name) => name.replace(/\.json$/, '')),
    end: async () => rmSync(directory, { recursive: true }),
  };
});

test('words reach the program as they are: no shell reads them', async () => {
  const echo = asking('import sys, json; print(json.dumps({"machine": sys.argv[1], "state": "running"}))');
  const machine = "a'b; touch /tmp/x $(id) `id` {name}";
  expect(await echo.describe(machine)).toMatchObject({ machine, state: 'running', address: null, hostKey: null });
});

test('a name that a program would take for an option is not handed to it', async () => {
  const echo = asking('print("{}")');
  for (const machine of ['--all', '', ' x', 'a\nb'])
    await expect(echo.describe(machine)).rejects.toMatchObject({ code: 'provider.refused' });
});

test('a program that fails is quoted with its exit code and its last words, and without the words it was given', async () => {
  const failing = asking('import sys; sys.stderr.write("x" * 9000 + " quota exceeded"); sys.exit(3)');
  const failure = await failing.describe('web-1').catch((error: Error) => error);
  expect(failure).toMatchObject({ code: 'provider.failed' });
  expect(String(failure)).toMatch(
    /^BerthError: The provider failed to describe.*ended with 3 and said: x+ quota exceeded\.$/,
  );
  expect(String(failure).length).toBeLessThan(1200);
  expect(String(failure)).not.toContain('sys.stderr');
});

test('a program that does not end is ended, with what it started', async () => {
  const limits = { readMs: 300, actMs: 300 };
  const hanging = asking('import subprocess; subprocess.run(["sleep", "600"])', limits);
  await expect(hanging.describe('web-1')).rejects.toMatchObject({ code: 'provider.timeout' });
});

test('a program that ignores TERM is ended all the same', async () => {
  const stubborn = 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)';
  const hanging = asking(stubborn, { readMs: 500, actMs: 500 });
  await expect(hanging.describe('web-1')).rejects.toMatchObject({ code: 'provider.timeout' });
});

test('a program that writes without end is ended', async () => {
  const flooding = asking('while True: print("x" * 10000)');
  await expect(flooding.describe('web-1')).rejects.toMatchObject({ code: 'provider.answer-invalid' });
});

test.each([
  'print(\'{"machine": "web-2", "state": "gone"}\')',
  'print("up")',
  'print("[]")',
  'print(\'{"machine": "a", "state": "up"}\')',
  'print(\'{"state": "gone"}\')',
])('an answer that describes no machine is refused: %s', async (program) => {
  await expect(asking(program).describe('web-1')).rejects.toMatchObject({ code: 'provider.answer-invalid' });
});

test('commands have the environment that they are given, and no other', async () => {
  const telling = asking(
    'import os, json; print(json.dumps({"machine": "web-1", "address": os.environ["WORD_OF_THE_DAY"] + str(len([n for n in os.environ if n.startswith("VITEST")])), "state": "gone"}))',
  );
  expect(await telling.describe('web-1')).toMatchObject({ address: 'heliotrope0' });
});

test('closing ends what runs', async () => {
  const hanging = asking('import time; time.sleep(600)');
  const asked = hanging.describe('web-1').catch((error: Error) => error);
  await hanging.close();
  expect(await asked).toMatchObject({ code: 'provider.failed' });
  await expect(hanging.describe('web-1')).rejects.toMatchObject({ code: 'provider.failed' });
});

test('without words for an act it cannot be done, and says so before it is needed', async () => {
  const bare = provider({ ...fileCloud('/nowhere'), start: null, create: null, find: null, destroy: null });
  expect(bare.can).toEqual({ powerCycle: false, create: false, destroy: false });
  for (const act of [bare.start('a'), bare.create(newMachine()), bare.findMade('act'), bare.destroy('a')])
    await expect(act).rejects.toMatchObject({ code: 'provider.cannot' });
});

test('words that cannot work are refused at once', () => {
  const good = fileCloud('/nowhere');
  const wrong: Partial<CommandAccess>[] = [
    { status: [] },
    { status: ['cloud', 'status'] },
    { stop: ['cloud', 'stop', '{name}'] },
    { create: ['cloud', 'create', '{name}'] },
    { find: ['cloud', '{machine}'] },
  ];
  for (const words of wrong)
    expect(() => provider({ ...good, ...words })).toThrow(expect.objectContaining({ code: 'provider.unusable' }));
});

test('a program that is not there is named as what is wrong', async () => {
  const absent = provider({ ...fileCloud('/nowhere'), status: ['/absent/cloud', '{machine}'] });
  await expect(absent.describe('web-1')).rejects.toMatchObject({ code: 'provider.unusable' });
});
