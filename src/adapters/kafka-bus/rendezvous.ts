// Who gets which partition: each goes to the member that draws the highest number for it and has room. Whoever computes it comes to the same,
// and when a member comes or goes, few partitions move besides its own.
import { createHash } from 'node:crypto';

/** Shares partitions 0 to `count - 1` among members, evenly to one. */
export function shareOut(members: readonly string[], count: number): Map<string, number[]> {
  const shares = new Map(members.toSorted().map((member): [string, number[]] => [member, []]));
  if (shares.size === 0) return shares;
  const room = Math.ceil(count / shares.size);
  for (let partition = 0; partition < count; partition++) {
    const wishes = [...shares.keys()].toSorted((a, b) => draw(b, partition) - draw(a, partition));
    const winner = wishes.find((member) => (shares.get(member)?.length ?? room) < room);
    if (winner !== undefined) shares.get(winner)?.push(partition);
  }
  return shares;
}

function draw(member: string, partition: number): number {
  return createHash('sha256').update(`${member} ${partition}`).digest().readUIntBE(0, 6);
}
