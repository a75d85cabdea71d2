// What people may look at of settings.
import { expect, test } from 'vitest';
import { readSettings } from '../../../src/config/read-settings.ts';
import { SETTINGS } from '../../../src/config/settings.ts';
import { shownSettings } from '../../../src/config/shown-settings.ts';

const shown = (name: keyof typeof SETTINGS, text: string) =>
  shownSettings(readSettings({ [SETTINGS[name].variable]: text })).find((setting) => setting.name === name)?.value;

test.each([
  ['mysql://berth:s3cret@db:3306/berth?tls=yes', 'mysql://berth@db:3306/berth?tls=yes'],
  ['mysql://berth:s3c@ret/x@db/berth', 'mysql://…@db/berth'],
  ['mysql://db/berth?password=s3cret', 'mysql://db/berth?password=%E2%80%A6'],
  ['', ''],
])('a password in %s is not shown', (text, expected) => {
  expect(shown('store', text)).toBe(expected);
});

test('every setting is there, and what is the default says so', () => {
  const all = shownSettings(readSettings({}));
  expect(all.map(({ name }) => name)).toEqual(Object.keys(SETTINGS));
  expect(all.filter(({ isDefault }) => !isDefault)).toEqual([]);
});
