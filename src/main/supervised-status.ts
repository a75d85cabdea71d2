// What the supervisor of this machine says of its components, for a component to pass on: the supervisor itself knows no database.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SupervisedComponent } from '../model/component.ts';
import { ROLES } from '../model/role.ts';

const schema = z.object({
  name: z.string(),
  roles: z.array(z.enum(ROLES)),
  restarts: z.number(),
  keepsDying: z.boolean(),
});

/** All of a directory of status files; a file that is gone again or is of something else says nothing. */
export function supervisedStatus(directory: string): readonly SupervisedComponent[] {
  return namesIn(directory).flatMap((name) => {
    const parsed = schema.safeParse(jsonIn(join(directory, name)));
    return parsed.success ? [parsed.data] : [];
  });
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isGone || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
