// The map of a platform: which component runs where, with every address. A file that people read; it holds no secret.

import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { ROLES } from '../model/role.ts';

const place = z.strictObject({ host: z.string(), port: z.int() });

const component = z.strictObject({
  name: z.string(),
  machine: z.string(),
  roles: z.array(z.enum(ROLES)),
  /** Where the other components reach it, and where its health is asked for. */
  peer: place,
  /** The port at which people reach API and console; null: it has not that role. */
  apiPort: z.int().nullable(),
  /** The machine where it was placed first, and kept dying; absent: it runs where it was placed. */
  movedFrom: z.string().optional(),
});

const machine = z.strictObject({
  name: z.string(),
  host: z.string(),
  port: z.int(),
  user: z.string(),
  hostKey: z.string().nullable(),
  supervisor: z.enum(['systemd', 'own']),
});

const mapSchema = z.strictObject({
  platform: z.string(),
  /** `embedded`: one process with SQLite. `spread`: processes that share a database. */
  form: z.enum(['embedded', 'spread']),
  console: z.string(),
  /** Digest of the program that every component runs. */
  program: z.string(),
  machines: z.array(machine),
  store: z.strictObject({ kind: z.string(), machine: z.string().nullable(), address: z.string() }),
  bus: z.strictObject({ kind: z.string(), machine: z.string().nullable(), address: z.string() }),
  components: z.array(component),
  nodes: z.array(z.string()),
});

/** The map. */
export type PlatformMap = z.output<typeof mapSchema>;

/** One component on it. */
export type PlacedComponent = PlatformMap['components'][number];

/** The map as its file. */
export function mapText(map: PlatformMap): string {
  const head = `# The map of the platform ${map.platform}, written by 'berth platform'. Change the machines file, not this one.\n`;
  return head + stringify(map, { lineWidth: 0 });
}

/** Reads a map's file; undefined when it is none. */
export function readMap(text: string): PlatformMap | undefined {
  return mapSchema.safeParse(parse(text)).data;
}
