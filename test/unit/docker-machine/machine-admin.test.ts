// What is run on a machine as its administrator: which words, what they change, and how programs of the own machine end.
import { describe, expect, test } from 'vitest';
import { withLiveRestore } from '../../../src/adapters/docker-machine/engine-settings.ts';
import { localPrograms } from '../../../src/adapters/docker-machine/local-programs.ts';
import { failureOf, MachineAdmin } from '../../../src/adapters/docker-machine/machine-admin.ts';
import type { MachinePrograms, ProgramResult } from '../../../src/adapters/docker-machine/machine-programs.ts';
import { prepareEngine } from '../../../src/adapters/docker-machine/prepare-engine.ts';
import { restartEngine, restartWords } from '../../../src/adapters/docker-machine/restart-engine.ts';

const { signal } = new AbortController();

/** A machine whose programs answer by their words, and what was run there. */
function machine(answers: Readonly<Record<string, Partial<ProgramResult>>>) {
  const ran: string[] = [];
  const inputs: string[] = [];
  const programs: MachinePrograms = {
    address: 'n1',
    run: async (words, { input }) => {
      ran.push(words.join(' '));
      if (input !== undefined) inputs.push(input);
      return { status: '0', output: '', complaint: '', ...answers[words.join(' ')] };
    },
  };
  return { programs, ran, inputs };
}

const ROOT = { 'id -u': { output: '0\n' } };
const NO_SYSTEMD = { 'test -d /run/systemd/system': { status: '1' } };

describe('restarting the engine', () => {
  test('is the words of what runs the services', () => {
    expect(restartWords('systemd').map((words) => words.join(' '))).toEqual(['systemctl restart docker']);
    expect(restartWords('scripts').map((words) => words.join(' '))).toEqual([
      'service docker stop',
      'service docker start',
    ]);
  });

  test('as another user than root goes through sudo, which never asks', async () => {
    const { programs, ran } = machine({ 'id -u': { output: '1000\n' } });
    await restartEngine(programs, signal);
    expect(ran.at(-1)).toBe('sudo -n systemctl restart docker');
  });

  test('does not fail because a dead engine could not be stopped', async () => {
    const { programs, ran } = machine({ ...ROOT, ...NO_SYSTEMD, 'service docker stop': { status: '1' } });
    await restartEngine(programs, signal);
    expect(ran.at(-1)).toBe('service docker start');
  });

  test('says in whose words it failed', async () => {
    const failed = { status: '1', complaint: 'Job for docker.service failed.\nSee journalctl.' };
    const { programs } = machine({ ...ROOT, 'systemctl restart docker': failed });
    await expect(restartEngine(programs, signal)).rejects.toMatchObject({
      code: 'machine.restart-refused',
      message: expect.stringContaining('See journalctl.'),
    });
  });
});

describe('preparing a machine', () => {
  const quietly = { signal, progress: () => {}, answers: async () => {} };
  const FOUND = {
    'find /usr/bin /usr/sbin /usr/local/bin -maxdepth 1 -name dockerd': { output: '/usr/bin/dockerd\n' },
  };
  const settings = (output: string) => ({ 'cat /etc/docker/daemon.json': { output } });

  test('that has everything changes nothing', async () => {
    const { programs, ran, inputs } = machine({ ...ROOT, ...FOUND, ...settings('{"live-restore": true}') });
    await prepareEngine({ programs, ...quietly });
    expect(ran.at(-1)).toBe('systemctl enable --now docker');
    expect(inputs).toEqual([]);
  });

  test('that lacks a setting gets it, and its engine hears of it while it runs', async () => {
    const pid = { 'cat /var/run/docker.pid': { output: '77\n' } };
    const { programs, ran, inputs } = machine({ ...ROOT, ...FOUND, ...pid, ...settings('{"dns": ["10.0.0.1"]}') });
    await prepareEngine({ programs, ...quietly, answers: async () => void ran.push('answered') });
    expect(ran.at(-1)).toBe('kill -HUP 77');
    expect(ran.indexOf('answered')).toBeGreaterThan(ran.indexOf('systemctl enable --now docker'));
    expect(inputs.map((text) => JSON.parse(text))).toEqual([{ dns: ['10.0.0.1'], 'live-restore': true }]);
  });

  test('that is no Debian and has no engine is refused', async () => {
    const { programs } = machine({ ...ROOT, 'cat /etc/os-release': { output: 'ID=alpine\n' } });
    await expect(prepareEngine({ programs, ...quietly })).rejects.toMatchObject({ code: 'machine.prepare-failed' });
  });

  test.each([
    ['ID=debian', true],
    ['ID=ubuntu\nID_LIKE=debian', true],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"', true],
    ['ID=fedora', false],
  ])('knows %j', async (release, isDebian) => {
    const { programs, ran } = machine({ ...ROOT, 'cat /etc/os-release': { output: `NAME=x\n${release}\n` } });
    await prepareEngine({ programs, ...quietly }).catch(() => undefined);
    expect(ran.some((words) => words.includes('install docker.io'))).toBe(isDebian);
  });

  test.each([
    ['', { 'live-restore': true }],
    ['{"live-restore": false, "mtu": 1400}', { 'live-restore': true, mtu: 1400 }],
    ['{"live-restore": true}', undefined],
  ])('settings %j', (text, expected) => {
    const written = withLiveRestore(text);
    expect(written === undefined ? undefined : JSON.parse(written)).toEqual(expected);
  });

  test.each(['no json', '[]', '3'])('settings that are %j are left alone', (text) => {
    expect(() => withLiveRestore(text)).toThrow();
  });
});

describe('programs of the own machine', () => {
  test('get their input and tell output, complaints, lines and how they ended', async () => {
    const lines: string[] = [];
    const onLine = (line: string) => lines.push(line);
    const result = await localPrograms.run(['cat'], { input: 'one\n\ntwo\n', onLine, signal });
    expect(result).toMatchObject({ status: '0', output: 'one\n\ntwo\n' });
    expect(lines).toEqual(['one', 'two']);
    expect((await localPrograms.run(['false'], { signal })).status).toBe('1');
    expect(failureOf(await localPrograms.run(['ls', '/nowhere'], { signal }))).toContain('No such file');
  });

  test('end when they are given up, and one that is not there is an error', async () => {
    const abort = new AbortController();
    const sleeping = localPrograms.run(['sleep', '60'], { signal: abort.signal });
    abort.abort();
    await expect(sleeping).rejects.toThrow('abort');
    await expect(localPrograms.run(['no-such-program'], { signal })).rejects.toThrow('ENOENT');
  });

  test('know their user', async () => {
    const admin = await MachineAdmin.of(localPrograms, signal);
    expect(admin.address).toBe('this machine');
  });
});
