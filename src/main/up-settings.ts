// The settings of `berth up`: its options over the environment over the defaults.
import { join } from 'node:path';
import { readSettings, SettingError } from '../config/read-settings.ts';
import type { Settings } from '../config/settings.ts';
import { BerthError } from '../model/errors.ts';

/** What `berth up` and `berth serve` may be called with. */
export interface UpOptions {
  readonly data?: string;
  readonly host?: string;
  readonly port?: string;
  readonly roles?: string;
  readonly example?: true;
  readonly quiet?: true;
}

/** Settings from the environment, with those that the command's options give. @throws platform.setting-invalid */
export function upSettings(options: UpOptions, environment: Readonly<Record<string, string | undefined>>): Settings {
  const home = environment.HOME ?? '';
  const ownData =
    process.getuid?.() === 0
      ? {}
      : { BERTH_DATA: join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'berth') };
  const given = {
    BERTH_DATA: options.data,
    BERTH_HOST: options.host,
    BERTH_PORT: options.port,
    BERTH_ROLES: options.roles,
  };
  const chosen = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  try {
    return readSettings({ ...ownData, ...environment, ...chosen });
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    throw new BerthError('platform.setting-invalid', { detail: error.message }, { cause: error });
  }
}
