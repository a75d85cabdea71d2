// Occurrences that are to come, as the API answers them.
import type { z } from 'zod';
import type { Instance } from '../../model/instance.ts';
import type { Instant } from '../../model/instant.ts';
import type { PlatformPreview, PreviewedOccurrence } from '../../scheduler/preview-reads.ts';
import type * as contract from '../contract/preview-views.ts';
import { type InstanceSurroundings, scheduleWords } from './instance-view.ts';
import { iso, isoOrNull } from './iso.ts';

type OccurrenceAnswer = z.output<typeof contract.preview>['occurrences'][number];

/** The next occurrences of one instance. */
export function previewView(
  { name, schedule }: Instance,
  occurrences: readonly PreviewedOccurrence[],
  around: Pick<InstanceSurroundings, 'inWords' | 'names'>,
): z.output<typeof contract.preview> {
  const { zone } = schedule;
  const items = occurrences.map((each) => occurrenceView(each, zone));
  return { instance: name, words: scheduleWords(schedule, around), zone, occurrences: items };
}

/** What is due on the whole platform. */
export function platformPreviewView(
  { occurrences, total, coveredUntilAt, isWhole, collisions, standalone }: PlatformPreview,
  { fromAt, untilAt, paused }: { readonly fromAt: Instant; readonly untilAt: Instant; readonly paused: boolean },
): z.output<typeof contract.platformPreview> {
  return {
    ...{ from: iso(fromAt), until: iso(untilAt), paused, total, coveredUntil: iso(coveredUntilAt), isWhole },
    occurrences: occurrences.map(({ name, zone, ...each }) => ({
      instance: name,
      zone,
      ...occurrenceView(each, zone),
    })),
    collisions: collisions.map(({ at, instances, sentence }) => ({ at: iso(at), instances: [...instances], sentence })),
    standalone: standalone.map(({ at, instances, sentence }) => ({ at: iso(at), instances: [...instances], sentence })),
  };
}

function occurrenceView({ at, startsAt, endsAt, note }: PreviewedOccurrence, zone: string): OccurrenceAnswer {
  return { at: iso(at), local: localTime(at, zone), startsAt: iso(startsAt), endsAt: isoOrNull(endsAt), note };
}

/** ISO 8601 in a zone, with its distance from UTC. */
function localTime(at: Instant, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return local.toString({ timeZoneName: 'never', smallestUnit: 'second' });
}
