// The WebCaller contract over each adapter.
import { describe, expect, test } from 'vitest';
import { AddressGuard } from '../../src/adapters/guarded-http/address-guard.ts';
import { GuardedHttp } from '../../src/adapters/guarded-http/guarded-http.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { webCallerContract } from './web-caller-contract.ts';

webCallerContract(
  'guarded HTTP',
  (resolve, caCertificates) => new GuardedHttp({ clock: new SystemClock(), resolve, caCertificates }),
);

describe('AddressGuard', () => {
  test.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '192.0.1.1', '2606:4700:4700::1111', '2a00:1450::1'])(
    '%s is an address of the public internet',
    (address) => {
      expect(new AddressGuard([]).refusal('example.org', address)).toBeUndefined();
    },
  );

  test.each([
    ['10.1.2.3', ['10.1.0.0/16']],
    ['fd00::1', ['fd00::/8']],
    ['64:ff9b::808:808', ['64:ff9b::/96']],
    ['169.254.169.254', ['169.254.169.254']],
  ])('%s may be called where %j is allowed', (address, allowed) => {
    expect(new AddressGuard(allowed).refusal('example.org', address)).toBeUndefined();
  });

  test('what carries another address is refused, whatever is allowed', () => {
    expect(new AddressGuard(['127.0.0.1', '::/0']).refusal('x', '::ffff:127.0.0.1')).toContain(
      'carries another address',
    );
  });
});
