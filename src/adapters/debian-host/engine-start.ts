// Starts a Docker engine on a machine with or without systemd.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';

/** Where an engine that was started without systemd writes. */
export const ENGINE_LOG = '/var/log/berth-dockerd.log';
const ENGINE_CONFIG = '/etc/docker/daemon.json';

/** How to start the engine on this machine. */
export type EngineStart =
  | { readonly kind: 'systemd'; readonly words: readonly string[] }
  | { readonly kind: 'process'; readonly words: readonly string[] };

/** systemd where it runs (its documented test is this directory), else a process of our own. */
export function engineStart(socketPath: string, systemd = existsSync('/run/systemd/system')): EngineStart {
  if (systemd) return { kind: 'systemd', words: ['systemctl', 'enable', '--now', 'docker'] };
  return { kind: 'process', words: ['dockerd', '--host', `unix://${socketPath}`] };
}

/** Running containers must outlive a restart of the engine; a configuration that somebody wrote is left as it is. */
export async function keepContainersOverRestarts(): Promise<void> {
  if (existsSync(ENGINE_CONFIG)) return;
  await mkdir('/etc/docker', { recursive: true });
  await writeFile(ENGINE_CONFIG, `${JSON.stringify({ 'live-restore': true }, null, 2)}\n`, { flag: 'wx' });
}

/** Starts a program that goes on when this process ends. */
export function startDetached(words: readonly string[], environment: Readonly<Record<string, string>>): Promise<void> {
  const [program = '', ...rest] = words;
  const log = openSync(ENGINE_LOG, 'a');
  const child = spawn(program, rest, { detached: true, stdio: ['ignore', log, log], env: { ...environment } });
  closeSync(log);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}
