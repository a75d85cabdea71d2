// The part of the Machine contract about sockets on the machine that reach the platform.
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import type { MachineUnderTest } from './machine-contract.ts';
import { outputOf, pythonSpec, started } from './machine-specs.ts';

/** Sends a line, ends its side, prints the whole answer. */
const ASK = `
import socket
s = socket.socket(socket.AF_UNIX); s.connect('/run/berth/sdk.sock')
s.sendall(b'hello'); s.shutdown(socket.SHUT_WR)
answer = b''
while piece := s.recv(65536): answer += piece
print(len(answer), answer[:20].decode())`;

/** Asks every 20 ms for as long as nothing refuses, prints who answered in order, ends when the third does. */
const ASK_ON = `
import socket, time
seen = []
while 'third' not in seen:
    s = socket.socket(socket.AF_UNIX); s.connect('/run/berth/sdk.sock')
    s.sendall(b'x'); s.shutdown(socket.SHUT_WR)
    name = b''
    while piece := s.recv(100): name += piece
    if name.decode() not in seen: seen.append(name.decode()); print(name.decode(), flush=True)
    time.sleep(0.02)`;

/** Unix sockets under a known name. The loopback port is covered by pulling images through it. */
export function socketsContract(world: () => MachineUnderTest): void {
  test('a container without network and privileges speaks to the platform over the socket, in both directions to the end', async () => {
    const { machine, image } = world();
    const { directory, binds } = place(world());
    const large = Buffer.alloc(3_000_000, 'answer ');
    let heard = '';
    const opened = await machine.listenSocket(directory, 'sdk.sock', (connection) => {
      connection.on('data', (piece) => {
        heard += piece;
      });
      connection.on('end', () => connection.end(large));
    });
    onTestFinished(() => opened.close());
    expect(await outputOf(machine, pythonSpec(image, ASK, { binds }))).toBe(`${large.length} answer answer answer\n`);
    expect(heard).toBe('hello');
  });

  test('a fresh socket takes the place of the one before without a moment in which nobody answers', async () => {
    const { machine, image, connectAgain } = world();
    const { directory, binds } = place(world());
    const first = await machine.listenSocket(directory, 'sdk.sock', answer('first'));
    const name = await started(machine, pythonSpec(image, ASK_ON, { binds }));
    const again = await connectAgain();
    onTestFinished(() => again.close());
    const seen = lines(machine, name);
    expect((await seen.next()).value).toBe('first\n');
    await machine.listenSocket(directory, 'sdk.sock', answer('second'));
    expect((await seen.next()).value).toBe('second\n');
    await first.close();
    await again.listenSocket(directory, 'sdk.sock', answer('third'));
    expect((await seen.next()).value).toBe('third\n');
    expect((await seen.next()).done).toBe(true);
    expect((await machine.inspectContainer(name))?.exitCode).toBe(0);
  });

  test('a directory that cannot be made is refused with the reason', async () => {
    const opening = world().machine.listenSocket('/etc/hostname/berth', 'sdk.sock', answer('never'));
    await expect(opening).rejects.toMatchObject({ code: 'machine.forward-refused' });
  });

  test('a name that is more than a name is refused', async () => {
    const { machine, directory } = world();
    const opening = machine.listenSocket(directory, '../sdk.sock', answer('never'));
    await expect(opening).rejects.toMatchObject({ code: 'machine.forward-refused' });
  });
}

function place(world: MachineUnderTest) {
  const directory = `${world.directory}/${randomBytes(4).toString('hex')}`;
  return { directory, binds: [{ source: directory, target: '/run/berth' }] };
}

function answer(name: string): (connection: Duplex) => void {
  return (connection) => {
    connection.resume();
    connection.end(name);
  };
}

async function* lines(machine: MachineUnderTest['machine'], name: string): AsyncGenerator<string> {
  const options = { sinceNs: 0n, follow: true, signal: AbortSignal.timeout(30_000) };
  for await (const frames of machine.logs(name, options)) yield* frames.map(({ bytes }) => bytes.toString());
}
