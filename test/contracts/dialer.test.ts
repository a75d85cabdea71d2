// The Dialer contract over each adapter; which addresses the TCP one lets through; its deadline.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { RefusedAddresses } from '../../src/adapters/tcp-dialer/refused-addresses.ts';
import { TcpDialer } from '../../src/adapters/tcp-dialer/tcp-dialer.ts';
import { ManualClock } from '../unit/engine/manual-clock.ts';
import { dialerContract } from './dialer-contract.ts';

dialerContract('TCP', (settings) => new TcpDialer({ clock: new SystemClock(), ...settings }));

describe('Dialer: TCP', () => {
  test.each([
    '10.0.0.1',
    '172.16.5.4',
    '192.168.1.20',
    '100.64.0.1',
    '93.184.215.14',
    'fd00::1',
    '2001:db8::1',
    '::ffff:192.168.1.20',
    '64:ff9b::93.184.215.14',
  ])('%s may be reached: devices are on private networks', (address) => {
    expect(new RefusedAddresses([], []).reason(address)).toBeUndefined();
  });

  test.each(['fe80::1%eth0', 'FE80::1', '::FFFF:127.0.0.1', '0:0:0:0:0:0:0:1'])(
    '%s is refused however it is written',
    (address) => {
      expect(new RefusedAddresses([], []).reason(address)).toBeTypeOf('string');
    },
  );

  test('a setting that is no address is refused when the dialer is made', () => {
    const make = () => new TcpDialer({ clock: new SystemClock(), refuse: [], allow: ['localhost'] });
    expect(make).toThrow('localhost');
  });

  test('a host that never answers fails after ten seconds', async () => {
    const port = await listenWithoutAccepting();
    const clock = new ManualClock();
    const dialer = new TcpDialer({ clock, refuse: [], allow: ['127.0.0.1'] });
    const dialled = expect(dialer.connect('127.0.0.1', port)).rejects.toMatchObject({
      code: 'node.relay-failed',
      message: expect.stringContaining('no answer within 10 seconds'),
    });
    await clock.advance(10_000);
    await dialled;
    expect(clock.pending).toBe(0);
  });
});

// A thread that listens and then stands still: when its queue of connections is full, the kernel answers no further one.
async function listenWithoutAccepting(): Promise<number> {
  const code = `
    const { parentPort } = require('node:worker_threads');
    const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
    });`;
  const worker = new Worker(code, { eval: true });
  onTestFinished(async () => void (await worker.terminate()));
  const [port] = await once(worker, 'message');
  const fillers: Socket[] = [];
  onTestFinished(() => {
    for (const filler of fillers) filler.destroy();
  });
  for (let connected = 0; connected < 2; connected++) {
    const filler = connect(port, '127.0.0.1');
    fillers.push(filler);
    await once(filler, 'connect');
  }
  return port;
}
