// The story of a job that runs already.
import type { aJob } from '../../builders/jobs.ts';
import { fleetOf, Story } from './job-story.ts';

/** A job whose one copy runs on n1, with its lease where it has one. */
export function runningStory(over: Parameters<typeof aJob>[0] = {}, fleet = fleetOf('n1', 'n2')): Story {
  const story = new Story(over, fleet);
  story.decide();
  story.become('running');
  story.renew(story.slot.task ?? '');
  story.decide();
  return story;
}
