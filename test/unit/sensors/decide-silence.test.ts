// What is thought of a device: from presence, last will, readings and silence.
import { describe, expect, it } from 'vitest';
import { decideSilence, type SilenceSnapshot, silenceMs } from '../../../src/sensors/decide-silence.ts';

const NOW = 1_000_000;
const ONLINE = { state: 'online', reason: 'it signed in over MQTT', atMs: NOW - 60_000 } as const;
const OFFLINE = { state: 'offline', reason: 'its connection ended', atMs: NOW - 1000 } as const;

function snapshot(over: Partial<SilenceSnapshot> = {}): SilenceSnapshot {
  const nothing = { presence: null, heardMs: null, misfitMs: null };
  return {
    state: 'unknown',
    reason: 'nothing was heard of it yet',
    ...nothing,
    listeningSinceMs: 0,
    rateHz: 1,
    ...over,
  };
}

describe('a sensor', () => {
  it.each<[string, Partial<SilenceSnapshot>, string, string]>([
    ['that nobody heard of stays unknown', {}, 'unknown', 'nothing was heard'],
    ['whose readings come is online', { heardMs: NOW - 900 }, 'online', 'its readings come'],
    ['that signed in just now is online', { presence: { ...ONLINE, atMs: NOW } }, 'online', 'it signed in'],
    ['whose readings stopped is silent', { heardMs: NOW - 5000 }, 'silent', 'no reading of it came for 5 s'],
    ['that is connected and says nothing is silent', { presence: ONLINE }, 'silent', 'it is connected, but no reading'],
    [
      'that sends only what does not fit is silent, and it is said why',
      { presence: ONLINE, misfitMs: NOW - 10 },
      'silent',
      'what it sends does not fit its type',
    ],
    [
      'whose connection ended is offline',
      { presence: OFFLINE, heardMs: NOW - 2000 },
      'offline',
      'its connection ended',
    ],
    [
      'that gives a reading after its will is online',
      { presence: OFFLINE, heardMs: NOW - 500 },
      'online',
      'its readings come',
    ],
    [
      'that was online before a restart has its time',
      { state: 'online', listeningSinceMs: NOW - 4000 },
      'online',
      'nothing',
    ],
    [
      'that was online before a restart and is not heard is silent',
      { state: 'online', listeningSinceMs: NOW - 5000 },
      'silent',
      'no reading',
    ],
    ['that was offline before a restart stays so', { state: 'offline', reason: 'gone' }, 'offline', 'gone'],
    [
      'is not silent over time in which nobody listened',
      { heardMs: 5, listeningSinceMs: NOW - 1000 },
      'online',
      'its readings',
    ],
    ['that gives readings when it likes is never silent', { rateHz: 0, heardMs: 5 }, 'online', 'its readings come'],
    ['of once a minute may be quiet for three', { rateHz: 1 / 60, heardMs: NOW - 179_000 }, 'online', 'its readings'],
    ['of once a minute is silent after three', { rateHz: 1 / 60, heardMs: NOW - 180_000 }, 'silent', '180 s'],
  ])('%s', (_, over, state, reason) => {
    const decided = decideSilence(snapshot(over), NOW);
    expect(decided.state).toBe(state);
    expect(decided.reason).toContain(reason);
  });

  it('is looked at again exactly when its silence would begin', () => {
    const heard = snapshot({ heardMs: NOW, rateHz: 0.5 });
    const { wakeMs } = decideSilence(heard, NOW);
    expect(wakeMs).toBe(NOW + (silenceMs(0.5) ?? 0));
    expect(decideSilence(heard, (wakeMs ?? 0) - 1).state).toBe('online');
    expect(decideSilence(heard, wakeMs ?? 0).state).toBe('silent');
  });
});
