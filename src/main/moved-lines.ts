// What people are told of components that run elsewhere than where they were placed.
import type { PlatformMap } from '../initializer/platform-map.ts';
import { originOf } from '../model/component-name.ts';

/** A line for each. */
export function movedLines({ components }: PlatformMap): readonly string[] {
  return components.flatMap(({ name, machine, movedFrom }) => {
    if (movedFrom === undefined) return [];
    const how = `'berth platform init --put-back' has it run on ${movedFrom} again`;
    return [`${originOf(name)} was moved from ${movedFrom} and runs on ${machine} as ${name}; it stays there. ${how}.`];
  });
}
