// Which machines become nodes by SSH.
import type { MachinesFile } from './machines-file-schema.ts';
import type { PlatformMap } from './platform-map.ts';

/** All that are to run applications but the one whose own process looks after it. */
export function joiningNodes(
  { nodes }: Pick<MachinesFile, 'nodes'>,
  { form, components }: Pick<PlatformMap, 'form' | 'components'>,
): readonly string[] {
  return nodes.filter((name) => form === 'spread' || !components.some(({ machine }) => machine === name));
}
