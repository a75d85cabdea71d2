// moto's server: EC2 as far as its API goes, without a cloud. Installed from PyPI into a virtual environment that is kept between runs;
// each server has a free port of its own on 127.0.0.1 and ends with the process that started it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachePath } from './directories.ts';
import { freePort } from './free-port.ts';
import { runDirectory } from './identity.ts';
import { locked } from './lock.ts';
import { OwnProcess } from './own-process.ts';
import { installPrerequisites } from './prerequisites.ts';
import { makeVirtualEnvironment } from './virtual-environment.ts';

const REQUIREMENTS = ['moto[ec2]==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.5'];

/** A server that runs. */
export interface Moto {
  readonly port: number;
  /** Ends it, with all that it knew. */
  stop(): Promise<void>;
}

/** Starts a server; whoever asked ends it. */
export async function startMoto(): Promise<Moto> {
  const program = await motoProgram();
  const port = await freePort();
  const server = await OwnProcess.start({
    what: 'moto',
    argv: [program, '-H', '127.0.0.1', '-p', String(port)],
    logPath: join(runDirectory(), `moto-${port}.log`),
    withinMs: 60_000,
    answers: async () => (await fetch(`http://127.0.0.1:${port}/moto-api/`)).ok,
  });
  return { port, stop: () => server.end('SIGKILL') };
}

/** Path of the server's program, which is installed when it is not there. */
export async function motoProgram(): Promise<string> {
  await locked('prerequisites', installPrerequisites);
  return locked('moto', installMoto);
}

/** Resolves to the program. The mark is written last: an installation that broke off is begun anew. */
async function installMoto(): Promise<string> {
  const environment = join(cachePath('moto'), 'environment');
  const mark = join(cachePath('moto'), 'installed');
  const wanted = REQUIREMENTS.join('\n');
  const program = join(environment, 'bin', 'moto_server');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return program;
  process.stderr.write('Installing moto from PyPI; about a minute, once\n');
  await makeVirtualEnvironment(environment, REQUIREMENTS);
  writeFileSync(mark, wanted);
  return program;
}
