// Who may sign in to a machine as root by SSH: lines of its authorized_keys, of which only those that the initializer added are ever taken away.
import type { InstallerMachine } from '../ports/installer-machine.ts';

const DIRECTORY = '/root/.ssh';
const PATH = `${DIRECTORY}/authorized_keys`;

/** Of public keys (algorithm, space, base64, comment), those that are let in. */
export async function authorizedOf(machine: InstallerMachine, keys: readonly string[]): Promise<readonly string[]> {
  if (keys.length === 0) return [];
  const present = new Set((await linesOf(machine)).map(keyOf));
  return keys.filter((key) => present.has(keyOf(key)));
}

/** Lets a key in; where it is already, nothing changes. */
export async function authorizeKey(machine: InstallerMachine, key: string): Promise<void> {
  const lines = await linesOf(machine);
  if (lines.some((line) => keyOf(line) === keyOf(key))) return;
  // sshd takes no keys from a directory into which others may write.
  await machine.run(['install', '-d', '-m', '0700', DIRECTORY]);
  await machine.putFile(PATH, textOf([...lines, key]), 0o600);
}

/** Takes keys away; the other lines stay as they are. */
export async function withdrawKeys(machine: InstallerMachine, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const ours = new Set(keys.map(keyOf));
  const lines = await linesOf(machine);
  const others = lines.filter((line) => !ours.has(keyOf(line)));
  if (others.length < lines.length) await machine.putFile(PATH, textOf(others), 0o600);
}

async function linesOf(machine: InstallerMachine): Promise<string[]> {
  const text = (await machine.readFile(PATH))?.toString('utf8') ?? '';
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function textOf(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

/** The key itself; options before it and a comment behind it do not count, and a line that holds none is itself. */
function keyOf(line: string): string {
  return /\bssh-[a-z0-9-]+ [A-Za-z0-9+/=]+/.exec(line)?.[0] ?? line;
}
