// Settings as an environment gives them.
import { expect, it } from 'vitest';
import { readSettings, SettingError } from '../../../src/config/read-settings.ts';
import { SETTINGS } from '../../../src/config/settings.ts';

it('have their defaults where nothing is given', () => {
  expect(readSettings({})).toMatchObject({
    listenHost: '127.0.0.1',
    listenPort: 7400,
    relayAllow: [],
    logLevel: 'info',
  });
});

it('are read by their types', () => {
  const given = {
    BERTH_PORT: '0',
    BERTH_CPU_OVERCOMMIT: '1.5',
    BERTH_RELAY_ALLOW: '10.0.0.1, ::1,',
    BERTH_BASE_IMAGE: '',
  };
  expect(readSettings(given)).toMatchObject({
    listenPort: 0,
    cpuOvercommit: 1.5,
    relayAllow: ['10.0.0.1', '::1'],
    baseImage: '',
  });
});

it.each([
  ['BERTH_PORT', 'http'],
  ['BERTH_PORT', ''],
  ['BERTH_PORT', '-1'],
  ['BERTH_PORT', '70000'],
  ['BERTH_PORT', '74.5'],
  ['BERTH_INSTALL_TIMEOUT', '1.5'],
  ['BERTH_INSTALL_TIMEOUT', 'Infinity'],
  ['BERTH_LOG_LEVEL', 'loud'],
])('%s refuses %j and is named', (variable, text) => {
  expect(() => readSettings({ [variable]: text })).toThrow(SettingError);
  expect(() => readSettings({ [variable]: text })).toThrow(variable);
});

it('have a variable and a sentence each, and no two the same variable', () => {
  const settings = Object.values(SETTINGS);
  expect(new Set(settings.map(({ variable }) => variable)).size).toBe(settings.length);
  for (const { sentence } of settings) expect(sentence).toMatch(/^[A-Z].*\.$/);
});
