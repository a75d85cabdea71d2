// One server of the fleet and what may happen to it. All of it goes by ways that the platform does not use: the outer engine's API
// and the server's engine over a socket in a shared directory, which works while its network is cut.

import { once } from 'node:events';
import { linkSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import Docker from 'dockerode';
import type { Finished } from './command.ts';
import { FLEET_NETWORK } from './engine.ts';
import { unlessGone } from './leftovers.ts';
import type { ServerKind } from './server-image.ts';
import type { Load, ServerLoad } from './server-load.ts';
import { until } from './until.ts';

/** What a server is made of. */
export interface ServerInside {
  readonly name: string;
  readonly address: string;
  readonly kind: ServerKind;
  readonly directory: string;
  readonly identityPath: string;
  readonly outer: Docker;
  readonly load: ServerLoad;
  /** Whether its engine's disk is its own, and may be filled. */
  readonly hasOwnDisk: boolean;
}

const READY_WITHIN_MS = 60_000;
const BALLAST = '/var/lib/docker/ballast';

/** A machine with an address, SSH (port 22, user root) and, unless it is bare, a Docker engine of its own. */
export class Server {
  readonly name: string;
  readonly address: string;
  readonly port = 22;
  readonly user = 'root';
  readonly identityPath: string;
  /** The server's own engine. */
  readonly docker: Docker;
  readonly #inside: ServerInside;
  readonly #machine: Docker.Container;
  #hostKeyLine = '';

  constructor(inside: ServerInside) {
    this.#inside = inside;
    this.name = inside.name;
    this.address = inside.address;
    this.identityPath = inside.identityPath;
    this.docker = new Docker({ socketPath: join(inside.directory, 'docker.sock') });
    this.#machine = inside.outer.getContainer(inside.name);
  }

  /** Its public host key as in known_hosts: algorithm, space, base64. */
  get hostKeyLine(): string {
    return this.#hostKeyLine;
  }

  /** Runs a program on the server to its end, past SSH. */
  async run(argv: readonly string[]): Promise<Finished> {
    const exec = await this.#machine.exec({ Cmd: [...argv], AttachStdout: true, AttachStderr: true });
    const both = await exec.start({});
    const [out, err] = [new PassThrough(), new PassThrough()];
    this.#inside.outer.modem.demuxStream(both, out, err);
    both.on('end', () => {
      out.end();
      err.end();
    });
    const [stdout, stderr] = await Promise.all([text(out), text(err)]);
    // The streams may end a moment before the program is known to have.
    const code = await until(`the end of '${argv.join(' ')}'`, READY_WITHIN_MS, async () => {
      const { Running, ExitCode } = await exec.inspect();
      return Running ? undefined : (ExitCode ?? undefined);
    });
    return { code, stdout, stderr };
  }

  /** Gives it a file of the tests' cache, as if it had been carried there; resolves to its path on the server. */
  give(path: string, name: string): string {
    linkSync(path, join(this.#inside.directory, name));
    return `/world/${name}`;
  }

  /** Shows this load in /proc/stat and /proc/meminfo from now on. */
  setLoad(load: Load): void {
    this.#inside.load.set(load);
  }

  /** Pulls the plug: every process on it is gone at once. */
  async powerOff(): Promise<void> {
    await this.#machine.kill();
    await this.#machine.wait();
  }

  /** Resolves when SSH and the engine answer. */
  async powerOn(): Promise<void> {
    await this.#machine.start();
    await Promise.all([this.#sshAnswers(), this.#engineAnswers()]);
    const key = await this.run(['cat', '/etc/ssh/ssh_host_ed25519_key.pub']);
    this.#hostKeyLine = key.stdout.split(' ').slice(0, 2).join(' ');
  }

  /** Pulls the network cable; the machine and its containers run on. */
  async cut(): Promise<void> {
    await this.#inside.outer.getNetwork(FLEET_NETWORK).disconnect({ Container: this.name, Force: true });
  }

  /** Plugs the cable in again, at the same address. */
  async restore(): Promise<void> {
    const EndpointConfig = { IPAMConfig: { IPv4Address: this.address } };
    await this.#inside.outer.getNetwork(FLEET_NETWORK).connect({ Container: this.name, EndpointConfig });
  }

  /** Loses the way to one address; everything else stays in reach. */
  async cutFrom(address: string): Promise<void> {
    await this.#must(['ip', 'route', 'add', 'blackhole', `${address}/32`]);
  }

  /** Finds it again. */
  async restoreTo(address: string): Promise<void> {
    await this.#must(['ip', 'route', 'del', 'blackhole', `${address}/32`]);
  }

  /** Stops time for everything on it. While it starts many processes, the engine does not catch all of them at the first try. */
  async freeze(): Promise<void> {
    await until(`${this.name} to stand still`, READY_WITHIN_MS, async () => {
      const { State } = await this.#machine.inspect();
      if (!State.Paused) await this.#machine.pause();
      return true;
    });
  }

  /** Lets everything on it go on as if nothing had been. */
  async thaw(): Promise<void> {
    await this.#machine.unpause();
  }

  async stopEngine(): Promise<void> {
    await this.#must(['service', 'docker', 'stop']);
  }

  /** Ends the engine as a crash does; its containers run on without it. */
  async killEngine(): Promise<void> {
    await this.#must(['pkill', '-KILL', '-x', 'dockerd']);
  }

  async startEngine(): Promise<void> {
    await this.#must(['service', 'docker', 'start']);
    await this.#engineAnswers();
  }

  /** Ends the SSH server and every connection that it has. */
  async stopSshd(): Promise<void> {
    await this.#must(['pkill', '-KILL', '-x', 'sshd']);
  }

  async startSshd(): Promise<void> {
    await this.#must(['/usr/sbin/sshd']);
    await this.#sshAnswers();
  }

  /** Writes to the engine's disk until nothing more fits; only for a server with a disk of its own. */
  async fillDisk(): Promise<void> {
    if (!this.#inside.hasOwnDisk) throw new Error(`${this.name} shares its disk with this machine`);
    const { code } = await this.run(['dd', 'if=/dev/zero', `of=${BALLAST}`, 'bs=1M']);
    if (code === 0) throw new Error(`the disk of ${this.name} did not become full`);
  }

  /** Takes away what `fillDisk` wrote. */
  async freeDisk(): Promise<void> {
    await this.#must(['rm', '-f', BALLAST]);
  }

  /** Removes the machine with its disk. Calling it again does nothing. */
  async destroy(): Promise<void> {
    this.#inside.load.close();
    await this.#machine.remove({ force: true, v: true }).catch(unlessGone);
    await this.#inside.outer.getVolume(this.name).remove({ force: true }).catch(unlessGone);
    rmSync(this.#inside.directory, { recursive: true, force: true });
  }

  async #must(argv: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await this.run(argv);
    if (code !== 0) throw new Error(`'${argv.join(' ')}' on ${this.name} ended with ${code}: ${stderr || stdout}`);
  }

  async #sshAnswers(): Promise<void> {
    await until(`SSH on ${this.name}`, READY_WITHIN_MS, async () => {
      await this.#requireRunning();
      return sshBanner(this.address, this.port);
    });
  }

  async #engineAnswers(): Promise<void> {
    if (this.#inside.kind !== 'engine') return;
    await until(`the engine of ${this.name}`, READY_WITHIN_MS, async () => {
      await this.#requireRunning();
      return this.docker.ping();
    });
  }

  async #requireRunning(): Promise<void> {
    const { State } = await this.#machine.inspect();
    if (State.Running) return;
    const log = await this.#machine.logs({ stdout: true, stderr: true, tail: 5 });
    throw new Error(`${this.name} is ${State.Status}: ${log.toString('utf8')}`);
  }
}

async function sshBanner(host: string, port: number): Promise<true | undefined> {
  const socket = createConnection({ host, port, timeout: 2000 });
  try {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    return bytes.toString('latin1').startsWith('SSH-2.0') ? true : undefined;
  } finally {
    socket.destroy();
  }
}
