// Places as paths, from the widest to the narrowest: `campus/building-a/room-12`.

/** The label that says where a node is. */
export const LOCATION_LABEL = 'location';

/** Whether a place is another or lies in it, by whole segments: `campus/a` is not in `campus/ab`; undefined is nowhere. */
export function isWithin(place: string | undefined, wider: string): boolean {
  const segments = segmentsOf(place ?? '');
  return segmentsOf(wider).every((segment, index) => segments[index] === segment);
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}
