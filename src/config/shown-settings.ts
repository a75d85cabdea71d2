// Settings as people may look at them: without the passwords that addresses hold.
import type { Setting } from './setting.ts';
import { SETTINGS, type Settings } from './settings.ts';

/** A setting with its value. */
export interface ShownSetting extends Pick<Setting, 'variable' | 'type' | 'sentence'> {
  readonly name: string;
  /** As the program read it; a password or token in an address is left out. */
  readonly value: string | number | readonly string[];
  readonly default: string;
  readonly isDefault: boolean;
}

const HIDDEN = '…';
const SECRET_PARAMETER = /pass|secret|token|key|auth/i;

/** Every setting, in the order of the page about them. */
export function shownSettings(settings: Settings): readonly ShownSetting[] {
  return Object.entries<Setting>(SETTINGS).map(([name, { variable, type, fallback, sentence }]) => {
    const value = settings[name as keyof Settings];
    const isDefault = String(value) === fallback;
    return { name, variable, type, value: shownValue(value), default: fallback, isDefault, sentence };
  });
}

function shownValue(value: string | number | readonly string[]): ShownSetting['value'] {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? shownText(value) : value.map(shownText);
}

/** What is no address that can be read, but looks like one with a name and a password before its host, shows neither. */
function shownText(text: string): string {
  if (!text.includes('://')) return text;
  const url = URL.parse(text);
  if (!url || text.split('@').length > 2) return text.replace(/:\/\/.*@/s, `://${HIDDEN}@`);
  const names = [...url.searchParams.keys()].filter((name) => SECRET_PARAMETER.test(name));
  // Over the web, a name without a password is a token that stands in its place.
  const isToken = /^https?:$/.test(url.protocol) && url.username !== '' && url.password === '';
  if (url.password === '' && names.length === 0 && !isToken) return text;
  url.password = '';
  if (isToken) url.username = '';
  for (const name of names) url.searchParams.set(name, HIDDEN);
  return url.href;
}
