// Rules for the names that people choose: plain enough for container names, image repositories, paths, labels and URLs.

/** Names of applications, algorithms, instances, sensor types. */
export const PLAIN_NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** What PLAIN_NAME asks, in words. */
export const PLAIN_NAME_WORDS =
  'a plain name: lower-case letters, digits and "-", beginning with a letter, not ending with "-", at most 63 characters';

/** Names by which code reaches its sensors and controls. */
export const CODE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/** What CODE_NAME asks, in words. */
export const CODE_NAME_WORDS =
  'a name for code: letters, digits and "_", not beginning with a digit, at most 63 characters';

const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const PLATFORM_VARIABLES: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'TMPDIR',
  'PYTHONPATH',
  'PYTHONHOME',
  'PYTHONSTARTUP',
]);
const PLATFORM_PREFIXES = ['BERTH_', 'LD_'];

/** Whether an application may set this environment variable: a legal name that the platform does not need for itself. */
export function mayBeSetInEnvironment(name: string): boolean {
  const isPlatforms = PLATFORM_VARIABLES.has(name) || PLATFORM_PREFIXES.some((prefix) => name.startsWith(prefix));
  return ENVIRONMENT_NAME.test(name) && !isPlatforms;
}

/** What mayBeSetInEnvironment asks, in words. */
export const ENVIRONMENT_NAME_WORDS = `a variable's name (letters, digits and "_"), other than ${[...PLATFORM_VARIABLES].join(', ')} and those beginning with ${PLATFORM_PREFIXES.join(' or ')}`;
