// Servers of a test that containers of the tests' engine reach: they listen where those containers find this machine.
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { run } from './command.ts';
import { testEngine } from './engine.ts';
import { ENGINE_BRIDGE, keepAddress } from './network.ts';

/** Lets a server listen on a free port of the engine's bridge; resolves to `http://address:port`. */
export async function listenForContainers(server: Server): Promise<string> {
  const { range } = await testEngine();
  const host = await keepAddress(range);
  try {
    await once(server.listen(0, host), 'listening');
  } catch (error) {
    const { stdout, stderr } = await run(['ip', '-4', 'address', 'show', 'dev', ENGINE_BRIDGE]);
    throw new Error(`${String(error)}; ${ENGINE_BRIDGE} has: ${stdout || stderr}`, { cause: error });
  }
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}
