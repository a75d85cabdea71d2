// Reading the settings from an environment: what makes no sense is refused with the variable's name.
import type { Setting } from './setting.ts';
import { LOG_LEVELS, type LogLevel, SETTINGS, type Settings } from './settings.ts';

/** A setting whose text cannot be what it should. */
export class SettingError extends Error {
  readonly variable: string;

  constructor(variable: string, text: string, expected: string) {
    super(`${variable} is ${JSON.stringify(text)}; expected ${expected}`);
    this.name = 'SettingError';
    this.variable = variable;
  }
}

/** Reads all settings from an environment; what it does not give has its default. @throws SettingError */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const values = Object.entries(SETTINGS).map(([name, setting]) => [
    name,
    readSetting(setting, environment[setting.variable]),
  ]);
  return Object.fromEntries(values) as Settings;
}

function readSetting(
  { variable, type, fallback }: Setting,
  given: string | undefined,
): string | number | readonly string[] {
  const text = given ?? fallback;
  if (type === 'text') return text;
  if (type === 'list') return listOf(text);
  if (type === 'level') return readLevel(variable, text);
  return readNumber(variable, type, text);
}

function listOf(text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  return items.filter((item) => item !== '');
}

const HIGHEST_PORT = 65_535;

const EXPECTED_NUMBERS = {
  number: 'a number of 0 or more',
  port: `a whole number from 0 to ${HIGHEST_PORT}`,
  milliseconds: 'a whole number of milliseconds, 0 or more',
  bytes: 'a whole number of bytes, 0 or more',
} as const;

function readNumber(variable: string, type: keyof typeof EXPECTED_NUMBERS, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const most = type === 'port' ? HIGHEST_PORT : Number.MAX_SAFE_INTEGER;
  if (value >= 0 && value <= most && (type === 'number' || Number.isInteger(value))) return value;
  throw new SettingError(variable, text, EXPECTED_NUMBERS[type]);
}

function readLevel(variable: string, text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (!level) throw new SettingError(variable, text, `one of ${LOG_LEVELS.join(', ')}`);
  return level;
}
