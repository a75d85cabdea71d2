// What an event or an audit entry is about, as a link to its page where it has one.
import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';

const PAGES: Readonly<Record<string, string>> = {
  application: '/applications/',
  instance: '/instances/',
  job: '/jobs/',
  node: '/nodes/',
  sensor: '/sensors/',
  action: '/actions/',
  /** A task is shown with its job, whose id its own begins with. */
  task: '/jobs/',
};

/** A key such as `job:…` or `node:…`. */
export function SubjectLink({ subject }: { readonly subject: string }) {
  const at = subject.indexOf(':');
  const [kind, id] = [subject.slice(0, at), subject.slice(at + 1)];
  const page = PAGES[kind];
  const owner = kind === 'task' ? id.replace(/\.\d+\.\d+$/, '') : id;
  if (page === undefined)
    return (
      <Text span inherit style={{ overflowWrap: 'anywhere' }}>
        {subject}
      </Text>
    );
  return (
    <Anchor component={Link} to={`${page}${encodeURIComponent(owner)}`} inherit style={{ overflowWrap: 'anywhere' }}>
      {kind} {id}
    </Anchor>
  );
}
