// The engine's own settings file, of which the platform needs one line.

/** Where Docker reads its settings (dockerd(8), "--config-file"). */
export const ENGINE_SETTINGS_FILE = '/etc/docker/daemon.json';

/**
 * The text of daemon.json with `live-restore`, so that containers outlive a restart of the engine, and everything else as it was;
 * undefined when nothing is to be changed. @throws SyntaxError, TypeError when the text is no JSON object
 */
export function withLiveRestore(text: string): string | undefined {
  const present: unknown = text.trim() === '' ? {} : JSON.parse(text);
  if (typeof present !== 'object' || present === null || Array.isArray(present))
    throw new TypeError('it is not a JSON object');
  if ('live-restore' in present && present['live-restore'] === true) return undefined;
  return `${JSON.stringify({ ...present, 'live-restore': true }, null, 2)}\n`;
}
