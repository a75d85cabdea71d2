import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { launch } from './launched.ts';

async function listening(serve: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true }, serve);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket.on('error', () => socket.destroy())));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.1.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const needs = (port: number) => [{ host: 'api.example.org', address: '127.0.1.1', ports: [port] }];

describe('a container without a network reaches what its package declares', () => {
  test('from its first line on, megabytes both ways, with each direction ending by itself', async () => {
    const target = await listening((socket) => socket.pipe(socket));
    const port = await freePort();
    const script = `
import hashlib, socket, threading
with socket.create_connection(("127.0.1.1", ${port})) as connection:
    data = bytes(range(256)) * 20000
    def send():
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
    threading.Thread(target=send).start()
    received = b"".join(iter(lambda: connection.recv(65536), b""))
    print(len(received), received == data)
`;
    const launched = await launch({ script, task: { network: needs(port) }, platform: 'down' });
    const asked: string[] = [];
    launched.platform.relay = (host) => {
      asked.push(host);
      return connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    };
    await launched.platform.up();
    expect(await launched.exit, launched.stderr).toBe(0);
    expect(launched.stdout).toBe('5120000 True\n');
    expect(asked).toEqual([`api.example.org:${port}`]);
  });

  test('a hundred connections at once, and one more after they closed', async () => {
    const target = await listening((socket) => socket.pipe(socket));
    const port = await freePort();
    const script = `
import socket
def open_one(): return socket.create_connection(("127.0.1.1", ${port}))
connections = [open_one() for _ in range(100)]
for number, connection in enumerate(connections): connection.sendall(b"%d;" % number)
print(all(connection.recv(10) == b"%d;" % number for number, connection in enumerate(connections)))
for connection in connections: connection.close()
with open_one() as last:
    last.sendall(b"last")
    print(last.recv(10))
`;
    const launched = await launch({ script, task: { network: needs(port) } });
    launched.platform.relay = () => connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    expect(await launched.exit, launched.stderr).toBe(0);
    expect(launched.lines).toEqual(['True', "b'last'"]);
  });

  test('a host that the platform refuses resets the connection, and a line says why', async () => {
    const port = await freePort();
    const script = `
import socket
for _ in range(2):
    with socket.create_connection(("127.0.1.1", ${port})) as connection:
        try: print(connection.recv(10))
        except ConnectionResetError: print("reset")
`;
    const launched = await launch({ script, task: { network: needs(port) } });
    expect(await launched.exit, launched.stderr).toBe(0);
    expect(launched.lines).toEqual(['reset', 'reset']);
    expect(launched.stderr).toBe(
      `berth: no connection to api.example.org:${port}: the platform refused it (403) not declared\n`,
    );
  });

  test('a connection made while the courier is being restarted waits for it', async () => {
    const target = await listening((socket) => socket.end('hello'));
    const port = await freePort();
    const script = `
import os, signal, socket
def couriers():
    with open(f"/proc/{os.getppid()}/task/{os.getppid()}/children") as file: children = map(int, file.read().split())
    return [child for child in children if child != os.getpid()]
while not couriers(): pass
os.kill(couriers()[0], signal.SIGKILL)
with socket.create_connection(("127.0.1.1", ${port})) as connection: print(connection.recv(10))
`;
    const launched = await launch({ script, task: { network: needs(port) } });
    launched.platform.relay = () => connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    expect(await launched.exit, launched.stderr).toBe(0);
    expect(launched.stdout).toBe("b'hello'\n");
  });
});
