// From a request that was accepted to the application's first line, image present.
import { STAMP_SCRIPT } from '../application.ts';
import { dockerRunMs } from '../docker-run.ts';
import { type Measure, type Part, type PartContext, timesFloor } from '../measure.ts';
import { Site, type SiteKind } from '../site.ts';
import { median } from '../statistics.ts';

const MOST: Readonly<Record<SiteKind, number>> = { local: 1.15, ssh: 1.3 };

/** Request accepted to first line, beside `docker run` of the same on the same node. */
export const startPart: Part = {
  name: 'start',
  run: async (context) => [...(await at('local', context)), ...(await at('ssh', context))],
};

async function at(kind: SiteKind, { rounds, say }: PartContext): Promise<Measure[]> {
  const site = await Site.open(kind);
  try {
    await site.instance('start', 'stamp');
    const ours: number[] = [];
    const sending: number[] = [];
    const floor: number[] = [];
    // The first brings the image to the node.
    for (let round = 0; round <= rounds; round++) {
      const run = await site.run('start');
      await site.over(run.job);
      const floorMs = await dockerRunMs({ docker: site.docker, like: run.task, script: STAMP_SCRIPT });
      const oursMs = run.firstLineAt - run.acceptedAt;
      say(`${site.words} ${round}/${rounds}: ours ${oursMs.toFixed(0)} ms, docker run ${floorMs.toFixed(0)} ms`);
      if (round === 0) continue;
      ours.push(oursMs);
      floor.push(floorMs);
      sending.push(run.acceptedAt - run.sentAt);
    }
    const note = `the request itself took ${median(sending).toFixed(1)} ms until it was accepted`;
    const name = `request accepted to first line, ${site.words}`;
    return [timesFloor({ name, ours, floor, floorName: 'docker run', most: MOST[kind], note })];
  } finally {
    await site.close();
  }
}
