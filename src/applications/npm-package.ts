// One package of npm as `name@version` or `name@range`. No tags, addresses, repositories, paths or aliases: what is installed comes from
// the configured registry alone, and a tag such as "latest" would mean another thing every day.
// Names: https://github.com/npm/validate-npm-package-name; ranges: https://github.com/npm/node-semver

const NAME = /^(?:@[a-z0-9~][a-z0-9._~-]*\/)?[a-z0-9~][a-z0-9._~-]*$/i;
const NUMBER = '(?:0|[1-9]\\d{0,15})';
const PART = `(?:${NUMBER}|[xX*])`;
const SUFFIX = '(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?';
const VERSION = `v?${PART}(?:\\.${PART}(?:\\.${PART}${SUFFIX})?)?`;
const COMPARATOR = `(?:[~^]|[<>]=?|=)?\\s*${VERSION}`;
const ALTERNATIVE = new RegExp(`^(?:${VERSION}\\s+-\\s+${VERSION}|${COMPARATOR}(?:\\s+${COMPARATOR})*)$`);

const LONGEST_NAME = 214;
const LONGEST = 300;
/** The SDK lies where a package of that name would. */
const SDK = 'berth';

/** What is wrong with an npm dependency, as what was expected instead; undefined when nothing is. */
export function npmPackageFault(text: string): string | undefined {
  if (text.length > LONGEST) return `at most ${LONGEST} characters`;
  const { name, range } = splitNpmPackage(text);
  if (!NAME.test(name) || name.length > LONGEST_NAME) return 'an npm package, "name@version" or "@scope/name@version"';
  if (name === SDK) return 'another package: the SDK is in every image';
  if (range === '') return `a version too, such as "${name}@1.2.3" or "${name}@^1.2.0"`;
  if (/[:/]|^\./.test(range)) return 'a version; addresses, repositories, paths and aliases are not allowed';
  return isRange(range)
    ? undefined
    : 'a version such as "1.2.3" or a range such as "^1.2.0" or ">=1.2 <3"; tags are not allowed';
}

/** Name and range of `name@range`; the range is empty where there is none. */
export function splitNpmPackage(text: string): { readonly name: string; readonly range: string } {
  const at = text.lastIndexOf('@');
  return at > 0 ? { name: text.slice(0, at), range: text.slice(at + 1).trim() } : { name: text, range: '' };
}

function isRange(range: string): boolean {
  return range.split('||').every((alternative) => ALTERNATIVE.test(alternative.trim()));
}
