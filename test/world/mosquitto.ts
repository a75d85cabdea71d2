// A Mosquitto broker of the tests' own, on a port of its own, ended by the process that started it.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from './command.ts';
import { freePort } from './free-port.ts';
import { isListening } from './listening.ts';
import { locked } from './lock.ts';
import { OwnProcess } from './own-process.ts';
import { installPrerequisites } from './prerequisites.ts';

/** The name and the password by which the platform is known there. */
export const BROKER_USER = { user: 'berth', password: 'platform-secret' } as const;

/** What a broker offers. */
export interface MosquittoOptions {
  /** PEM files of a certificate and its key; without them, without TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Names and passwords of devices; without them anybody may come in. */
  readonly devices?: Readonly<Record<string, string>>;
}

/** A broker that runs. */
export class Mosquitto {
  readonly port: number;
  readonly #directory: string;
  readonly #scheme: string;
  #process: OwnProcess;

  constructor(directory: string, port: number, scheme: string, process: OwnProcess) {
    this.#directory = directory;
    this.port = port;
    this.#scheme = scheme;
    this.#process = process;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  /** Ends it and starts it again on what it kept. */
  async restart(): Promise<void> {
    await this.#process.end('SIGTERM');
    this.#process = await launch(this.#directory, this.port);
  }

  /** Ends it for good, with all that it kept. */
  async destroy(): Promise<void> {
    await this.#process.end('SIGKILL');
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Starts a broker; whoever asked ends it with `destroy`. */
export async function startMosquitto({ tls, devices }: MosquittoOptions = {}): Promise<Mosquitto> {
  await locked('prerequisites', installPrerequisites);
  const directory = mkdtempSync(join(tmpdir(), 'berth-mosquitto-'));
  // It gives up being root before it reads and writes there.
  chmodSync(directory, 0o777);
  const port = await freePort();
  const access = devices ? await writeAccess(directory, { ...devices, [BROKER_USER.user]: BROKER_USER.password }) : [];
  const lines = [
    `listener ${port} 127.0.0.1`,
    ...(tls ? [`certfile ${tls.certificate}`, `keyfile ${tls.key}`] : []),
    ...(devices ? ['allow_anonymous false', ...access] : ['allow_anonymous true']),
    'persistence true',
    `persistence_location ${directory}/`,
    'max_inflight_messages 1000',
    'max_queued_messages 0',
    'user root',
  ];
  writeFileSync(join(directory, 'mosquitto.conf'), `${lines.join('\n')}\n`);
  return new Mosquitto(directory, port, tls ? 'mqtts' : 'mqtt', await launch(directory, port));
}

/** Each device may write and read below its own id alone, the platform everything. */
async function writeAccess(directory: string, users: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const passwords = join(directory, 'passwords');
  writeFileSync(passwords, '');
  for (const [name, password] of Object.entries(users))
    await mustRun(['mosquitto_passwd', '-b', passwords, name, password]);
  const rules = ['pattern readwrite berth/%u/#', `user ${BROKER_USER.user}`, 'topic readwrite #'];
  writeFileSync(join(directory, 'rules'), `${rules.join('\n')}\n`);
  return [`password_file ${passwords}`, `acl_file ${join(directory, 'rules')}`];
}

function launch(directory: string, port: number): Promise<OwnProcess> {
  return OwnProcess.start({
    what: 'Mosquitto',
    argv: ['mosquitto', '-c', join(directory, 'mosquitto.conf')],
    logPath: join(directory, 'mosquitto.log'),
    withinMs: 20_000,
    answers: () => isListening(port),
  });
}
