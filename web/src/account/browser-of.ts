// What a browser calls itself, in two words.

const BROWSERS = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['Firefox', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['Safari', 'Safari'],
] as const;
const SYSTEMS = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS', 'Linux'] as const;

/** `Firefox on Linux`; the browser's own words where they say nothing known. */
export function browserOf(agent: string): string {
  const browser = BROWSERS.find(([mark]) => agent.includes(`${mark}/`))?.[1];
  const system = SYSTEMS.find((name) => agent.includes(name));
  if (!browser) return agent === '' ? 'a browser that does not tell its name' : agent.slice(0, 60);
  return system ? `${browser} on ${system}` : browser;
}
