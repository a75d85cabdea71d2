// Names places in JSON documents as problems show them.
const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** The JSON path of a member or an element of what `path` names: `$.algorithms[0]`, `$.environment["odd key"]`. */
export function childPath(path: string, key: PropertyKey): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  const name = String(key);
  return PLAIN_KEY.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name.slice(0, 100))}]`;
}

/** The JSON path of a list of keys and indexes from the root. */
export function jsonPath(keys: readonly PropertyKey[]): string {
  return keys.reduce<string>(childPath, '$');
}
