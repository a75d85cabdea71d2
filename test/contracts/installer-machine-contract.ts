// What every InstallerMachine must do.
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InstallerMachine } from '../../src/ports/installer-machine.ts';

/** A machine, and a directory on it that is the test's own. */
export interface OpenedMachine {
  readonly machine: InstallerMachine;
  readonly directory: string;
}

/** Runs the contract. */
export function installerMachineContract(name: string, open: () => Promise<OpenedMachine>): void {
  describe(`InstallerMachine: ${name}`, () => {
    let opened: OpenedMachine;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.machine.close());
    programs(() => opened);
    files(() => opened);
  });
}

function programs(opened: () => OpenedMachine): void {
  test('a program gets exactly its words and its input, and tells its lines and its end', async () => {
    const { machine } = opened();
    const word = `a 'b' "c" $HOME \`id\` \\ ; &&\n*`;
    expect(await machine.run(['printf', '%s', word])).toEqual({ status: '0', output: word, complaint: '' });
    const lines: string[] = [];
    const wish = { input: 'one\ntwo\n', onLine: (line: string) => lines.push(line) };
    expect(await machine.run(['cat'], wish)).toMatchObject({ status: '0', output: 'one\ntwo\n' });
    expect(lines).toEqual(['one', 'two']);
  });

  test('what fails tells why, and is no error of the machine', async () => {
    const { status, complaint } = await opened().machine.run(['ls', '/nowhere-at-all']);
    expect(Number(status)).toBeGreaterThan(0);
    expect(complaint).toContain('nowhere-at-all');
    expect((await opened().machine.run(['no-such-program'])).status).toBe('127');
  });

  test('a program that does not end is left at its limit', async () => {
    const running = opened().machine.run(['sleep', '60'], { withinMs: 300 });
    await expect(running).rejects.toMatchObject({ code: 'initializer.machine-timeout' });
  });

  test('it acts as root', async () => {
    expect((await opened().machine.run(['id', '-u'])).output.trim()).toBe('0');
  });

  test('facts are those of the machine', async () => {
    const facts = await opened().machine.facts();
    expect(facts).toMatchObject({ architecture: process.arch, isDebian: true });
    expect(facts.diskFreeBytes).toBeGreaterThan(1e6);
    expect(facts.memoryTotalBytes).toBeGreaterThan(1e8);
    expect(Math.abs(facts.clockOffsetMs)).toBeLessThan(5000);
  });
}

function files(opened: () => OpenedMachine): void {
  test('a file comes back byte for byte, with its mode, and is replaced as a whole', async () => {
    const { machine, directory } = opened();
    const path = `${directory}/deep/below/file`;
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256));
    await machine.putFile(path, bytes, 0o600);
    expect(bytes.equals((await machine.readFile(path)) ?? Buffer.alloc(0))).toBe(true);
    await machine.putFile(path, Buffer.from('other'), 0o644);
    expect((await machine.readFile(path))?.toString()).toBe('other');
    expect((await machine.run(['stat', '-c', '%a %U', path])).output.trim()).toBe('644 root');
    expect((await machine.run(['ls', `${directory}/deep/below`])).output.trim()).toBe('file');
  });

  test('a file that is not there is none', async () => {
    expect(await opened().machine.readFile(`${opened().directory}/none`)).toBeUndefined();
  });

  test('a tree appears whole or not at all', async () => {
    const { machine, directory } = opened();
    await machine.putTree(`${directory}/tree`, packed());
    expect((await machine.readFile(`${directory}/tree/bin/run`))?.toString()).toBe('run');
    expect((await machine.run(['stat', '-c', '%a %U', `${directory}/tree/bin/run`])).output.trim()).toBe('755 root');
    const broken = machine.putTree(`${directory}/broken`, Readable.from([Buffer.from('no archive')]));
    await expect(broken).rejects.toMatchObject({ code: 'initializer.step-failed' });
    expect((await machine.run(['test', '-e', `${directory}/broken`])).status).not.toBe('0');
    expect(await text(packed())).not.toBe('');
  });
}

function packed(): Readable {
  const tar = pack();
  tar.entry({ name: 'bin/run', mode: 0o755, uid: 1234 }, 'run');
  tar.finalize();
  return tar.pipe(createGzip());
}
