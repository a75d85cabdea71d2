// What a job is: of which instance, why it runs now, when, with what.
import { Anchor, Code, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { duration } from '../shown/amounts.ts';
import { Facts } from '../shown/facts.tsx';
import { instanceNameOf } from '../shown/instance-name-of.ts';
import { useNow } from '../shown/use-now.ts';
import { When } from '../shown/when.tsx';

type Job = AnswerOf<'showJob'>;

const ORIGINS = {
  occurrence: 'by its schedule',
  manual: 'by hand',
  after: 'after another job',
  rerun: 'once more',
} as const;

/** Facts, one below the other. */
export function JobFacts({ job }: { readonly job: Job }) {
  const { instance, application, algorithm, origin, by, why, stop, machine, copies, sensors } = job;
  return (
    <Facts
      facts={[
        ['Instance', <InstanceLink key="i" id={instance} />],
        ['Application', <ApplicationLink key="a" name={application} algorithm={algorithm} />],
        ['Why now', `${why}${by === null ? '' : ` (${by})`}`],
        ['Made', `${ORIGINS[origin]}${copies === 1 ? '' : `, ${copies} copies`}, ${machine} machine`],
        ['Time', <Times key="t" job={job} />],
        stop && ['Stopped by', `${stop.by}: ${stop.reason}`],
        sensors && ['Sensors', <Bound key="s" sensors={sensors} />],
        Object.keys(job.parameters).length > 0
          ? ['Parameters', <Parameters key="p" parameters={job.parameters} />]
          : null,
      ]}
    />
  );
}

function InstanceLink({ id }: { readonly id: string }) {
  return (
    <Anchor component={Link} to={`/instances/${encodeURIComponent(id)}`} size="sm">
      {instanceNameOf(id)}
    </Anchor>
  );
}

function ApplicationLink({ name, algorithm }: { readonly name: string; readonly algorithm: string }) {
  return (
    <>
      <Anchor component={Link} to={`/applications/${encodeURIComponent(name)}`} size="sm">
        {name}
      </Anchor>{' '}
      <Text span c="dimmed" size="sm">
        {algorithm}
      </Text>
    </>
  );
}

function Times({ job: { startsAt, startedAt, endedAt, endsAt } }: { readonly job: Job }) {
  const now = useNow();
  const from = startedAt === null ? null : Date.parse(startedAt);
  return (
    <>
      due <When at={startsAt} />
      {startedAt !== null && (
        <>
          , began <When at={startedAt} />
        </>
      )}
      {endedAt !== null && (
        <>
          , ended <When at={endedAt} />
        </>
      )}
      {from !== null &&
        `, ${endedAt === null ? 'for' : 'took'} ${duration((endedAt === null ? now : Date.parse(endedAt)) - from)}`}
      {endsAt !== null && endedAt === null && (
        <>
          , is ended <When at={endsAt} />
        </>
      )}
    </>
  );
}

function Bound({ sensors: { state, reason, bound } }: { readonly sensors: NonNullable<Job['sensors']> }) {
  if (state !== 'bound') return `${state}: ${reason}`;
  return (
    <Group gap="xs">
      {bound.map(({ name, sensors }) => (
        <Text key={name} span size="sm">
          {name}: <Code>{sensors.join(', ')}</Code>
        </Text>
      ))}
    </Group>
  );
}

function Parameters({ parameters }: { readonly parameters: Readonly<Record<string, string>> }) {
  return Object.entries(parameters).map(([name, value]) => (
    <Code key={name} mr={6}>
      {name}={value}
    </Code>
  ));
}
