// Values as people read them: times in their zone, sizes, shares.

/** A time in the person's zone, to the second; a dash when there is none. */
export function timeText(iso: string | null | undefined, zone: string): string {
  if (!iso) return '-';
  const at = Temporal.Instant.from(iso).toZonedDateTimeISO(zone);
  return at.toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ');
}

/** How long ago or ahead a time is, in its two largest units. */
export function agoText(iso: string | null, now: number): string {
  if (!iso) return '-';
  const ms = now - Date.parse(iso);
  return ms >= 0 ? `${lengthText(ms)} ago` : `in ${lengthText(-ms)}`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** A length of time in its two largest units. */
export function lengthText(ms: number): string {
  const parts: string[] = [];
  let rest = ms;
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count}${unit}`);
  }
  return parts.length === 0 ? `${Math.round(ms)}ms` : parts.join('');
}

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A size with a binary unit. */
export function sizeText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value >= 100 || power === 0 ? Math.round(value) : value.toFixed(1)} ${SIZES[power]}`;
}

/** A share of 1 as a percentage. */
export function shareText(share: number | undefined): string {
  return share === undefined ? '-' : `${Math.round(share * 100)} %`;
}

/** The first twelve digits of a digest: enough to tell packages apart. */
export function shortDigest(digest: string): string {
  return digest.replace('sha256:', '').slice(0, 12);
}
