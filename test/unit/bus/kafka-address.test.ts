// What an address of brokers may say, and what is said of one that does not fit.
import { describe, expect, test } from 'vitest';
import {
  clientOptions,
  parseKafkaAddress,
  parseKafkaCredentials,
} from '../../../src/adapters/kafka-bus/kafka-address.ts';
import { thrown } from './thrown.ts';

describe('the address of the brokers', () => {
  test('names hosts, TLS, the way of signing in and a prefix', () => {
    expect(parseKafkaAddress('kafkas://a:9093,b.example,[::1]:7?sasl=plain&prefix=staging.')).toEqual({
      brokers: ['a:9093', 'b.example:9092', '[::1]:7'],
      isTls: true,
      sasl: 'PLAIN',
      prefix: 'staging.',
    });
    expect(parseKafkaAddress('kafka://a/')).toEqual({
      brokers: ['a:9092'],
      isTls: false,
      sasl: 'SCRAM-SHA-512',
      prefix: '',
    });
  });

  test.each([
    ['http://a', 'it is not like kafka://host:port'],
    ['kafka://', 'it is not like kafka://host:port'],
    ['kafka://me:secret@a', 'a name and a password belong into the file of BERTH_BUS_CREDENTIALS'],
    ['kafka://a?acks=0', 'it has no option acks'],
    ['kafka://a?sasl=gssapi', 'sasl is one of plain, scram-sha-256, scram-sha-512'],
    ['kafka://a:99999', "'a:99999' is not like host:port"],
    ['kafka://a,,b', "'' is not like host:port"],
    ['kafka://a?prefix=%2F', 'prefix has up to 40 letters, digits, dots and dashes'],
  ])('%s is refused: %s', (url, detail) => {
    expect(thrown(() => parseKafkaAddress(url))).toMatchObject({ code: 'bus.address-invalid', details: { detail } });
    expect(String(thrown(() => parseKafkaAddress(url)))).not.toContain('secret');
  });

  test('a password may hold colons, and a file without one is refused', () => {
    expect(parseKafkaCredentials('berth:a:b c\n')).toEqual({ user: 'berth', password: 'a:b c' });
    expect(thrown(() => parseKafkaCredentials('berth'))).toMatchObject({ code: 'bus.address-invalid' });
  });

  test('own certificates are trusted besides the machine’s', () => {
    const access = { url: '', credentials: null, certificates: 'PEM', clientId: 'c' };
    const { tls } = clientOptions(access, parseKafkaAddress('kafkas://a'));
    expect([tls?.ca].flat()).toContain('PEM');
    expect([tls?.ca].flat().length).toBeGreaterThan(10);
    expect(clientOptions(access, parseKafkaAddress('kafka://a')).tls).toBeUndefined();
  });
});
