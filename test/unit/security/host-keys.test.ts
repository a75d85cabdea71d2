// A server that is not the one it should be learns nothing: its key is shown to a person before it is believed, the very key that was
// believed must answer every time, and nothing is said before it has. The other side here is a real SSH server that counts what it is told.
// Elsewhere: real servers of OpenSSH and all kinds of keys (test/contracts/machine.test.ts), pinned lines (test/unit/docker-machine/texts.test.ts),
// a node whose key changes (test/long/node-diagnosis.test.ts).
import type { AddressInfo } from 'node:net';
import ssh from 'ssh2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DockerMachines } from '../../../src/adapters/docker-machine/docker-machines.ts';
import { makeKeyPair } from '../../../src/adapters/docker-machine/key-pair.ts';
import { ORDINARY_TIMEOUTS } from '../../../src/adapters/docker-machine/timeouts.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { callRaw, openApi } from '../api/api-world.ts';

/** What a server was told. */
interface Heard {
  readonly signIns: string[];
  readonly commands: string[];
}

/** A server with some key; `takes`: whether it lets anybody in. */
async function sshServer(over: { readonly key?: string; readonly takes?: boolean; readonly port?: number } = {}) {
  const key = over.key ?? makeKeyPair('test').privateKey;
  const heard: Heard = { signIns: [], commands: [] };
  const server = new ssh.Server({ hostKeys: [key] }, (client) => {
    client.on('error', () => client.end());
    client.on('authentication', (context) => {
      heard.signIns.push(`${context.username} ${context.method}`);
      if (over.takes) context.accept();
      else context.reject(['publickey']);
    });
    client.on('session', (accept) =>
      accept().on('exec', (accepted, _, { command }) => {
        heard.commands.push(command);
        accepted().close();
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(over.port ?? 0, '127.0.0.1', resolve));
  const close = () => new Promise<void>((resolve) => void server.close(() => resolve()));
  onTestFinished(async () => void server.close());
  const { port } = server.address() as AddressInfo;
  return { address: `ssh://ana@127.0.0.1:${port}`, port, heard, key, close };
}

/** Machines as the platform opens them, with a key of their own. */
async function ownMachines(): Promise<DockerMachines> {
  const parts = { clock: new SystemClock(), random: new SystemRandom(), log: silentLog, timeouts: ORDINARY_TIMEOUTS };
  return new DockerMachines({ ...parts, platformKeyDirectory: await temporaryDirectory() });
}

/** The fingerprint that a refusal shows. */
function fingerprintIn(body: string): string {
  return /SHA256:[A-Za-z0-9+/]{43}/.exec(body)?.[0] ?? 'none';
}

describe('the key of a server', () => {
  it('is shown and not believed until somebody says that it is the right one', async () => {
    const world = await openApi();
    const server = await sshServer({ takes: true });
    const refused = await callRaw(world, 'addNode', { body: { address: server.address, name: 'n1' } });
    expect(refused.json()).toMatchObject({ error: { code: 'node.host-key-unconfirmed' } });
    expect(fingerprintIn(refused.body)).not.toBe('none');
    expect(server.heard).toEqual({ signIns: [], commands: [] });
    expect(await world.parts.store.count('node', {})).toBe(0);
  });

  it.each([
    ['another fingerprint', `SHA256:${'A'.repeat(43)}`],
    ['no fingerprint', 'SHA256:'],
    ['a line of another key', makeKeyPair('test').publicLine],
    ['something else', 'yes'],
    ['anything', '*'],
  ])('is not believed for %s', async (_, hostKey) => {
    const world = await openApi();
    const server = await sshServer({ takes: true });
    const refused = await callRaw(world, 'addNode', { body: { address: server.address, name: 'n1', hostKey } });
    expect(refused.json()).toMatchObject({ error: { code: 'node.host-key-differs' } });
    expect(server.heard).toEqual({ signIns: [], commands: [] });
    expect(await world.parts.store.count('node', {})).toBe(0);
  });

  it('is believed when it was confirmed, and then the platform signs in by key alone, never by password', async () => {
    const world = await openApi();
    const server = await sshServer();
    const shown = await callRaw(world, 'addNode', { body: { address: server.address, name: 'n1' } });
    const body = { address: server.address, name: 'n1', hostKey: fingerprintIn(shown.body) };
    const refused = await callRaw(world, 'addNode', { body });
    expect(refused.json()).toMatchObject({ error: { code: 'machine.authentication-refused' } });
    expect(server.heard.signIns.length).toBeGreaterThan(0);
    for (const signIn of server.heard.signIns) expect(signIn).toMatch(/^ana (?:none|publickey)$/);
  });
});

describe('another server in the place of the one that was believed', () => {
  it('ends the connection before anybody signs in, and both keys are named', async () => {
    const machines = await ownMachines();
    const good = await sshServer();
    const { line, fingerprint } = await machines.scanHostKey('127.0.0.1', good.port);
    await good.close();
    const bad = await sshServer({ takes: true, port: good.port });
    const access = {
      kind: 'ssh',
      host: '127.0.0.1',
      port: bad.port,
      user: 'ana',
      identity: 'platform',
      hostKey: line,
    } as const;
    const failure = await machines.connect(access).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'machine.host-key-changed', details: { pinned: fingerprint } });
    expect(bad.heard).toEqual({ signIns: [], commands: [] });
  });

  it.each(['restartEngine', 'prepare'] as const)(
    'is told nothing by what is done as its administrator either: %s',
    async (act) => {
      const machines = await ownMachines();
      const bad = await sshServer({ takes: true });
      const other = makeKeyPair('test').publicLine;
      const access = {
        kind: 'ssh',
        host: '127.0.0.1',
        port: bad.port,
        user: 'root',
        identity: 'platform',
        hostKey: other,
      } as const;
      await expect(machines[act](access, () => undefined)).rejects.toMatchObject({
        code: 'machine.host-key-changed',
      });
      expect(bad.heard).toEqual({ signIns: [], commands: [] });
    },
  );

  it.each(['', 'ssh-ed25519', 'ssh-ed25519 AAAA', '*', 'ssh-rsa *'])(
    'is not let in by a pinned line that is none: %j',
    async (hostKey) => {
      const machines = await ownMachines();
      const bad = await sshServer({ takes: true });
      const access = {
        kind: 'ssh',
        host: '127.0.0.1',
        port: bad.port,
        user: 'root',
        identity: 'platform',
        hostKey,
      } as const;
      await expect(machines.connect(access)).rejects.toMatchObject({ code: 'machine.host-key-invalid' });
      expect(bad.heard).toEqual({ signIns: [], commands: [] });
    },
  );
});
