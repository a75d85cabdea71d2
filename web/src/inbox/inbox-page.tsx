// What instances told the viewer.
import { Anchor, Badge, Button, Card, Group, Skeleton, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { BellRing, Info, TriangleAlert } from 'lucide-react';
import type { ItemOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { useMe } from '../api/use-me.ts';
import { usePages } from '../api/use-pages.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { When } from '../shown/when.tsx';
import { useUnread } from './use-unread.ts';

type Notice = ItemOf<'listInbox'>;

const SEVERITIES = {
  info: { colour: 'blue', icon: Info },
  warning: { colour: 'yellow', icon: TriangleAlert },
  alert: { colour: 'red', icon: BellRing },
} as const;

/** The viewer's notices, newest first. */
export function InboxPage() {
  const user = useMe().data?.user ?? null;
  const notices = usePages('listInbox', { params: { user: user ?? '' } }, { enabled: user !== null });
  const unread = useUnread();
  const readAll = useAct('readInbox');
  const read = useAct('readNotice');
  return (
    <>
      <PageTitle title="Inbox" about={unread.count === 0 ? 'Nothing new.' : `${unread.word} not read yet.`}>
        {unread.count > 0 && user !== null && (
          <Button variant="default" loading={readAll.isPending} onClick={() => readAll.mutate({ params: { user } })}>
            Mark all as read
          </Button>
        )}
      </PageTitle>
      {notices.error && <ErrorPanel error={notices.error} />}
      {user !== null && !notices.rows && !notices.error && <Skeleton height={160} />}
      {(user === null || notices.rows?.length === 0) && <NoNotices />}
      <Stack gap="sm">
        {notices.rows?.map((notice) => (
          <NoticeCard
            key={notice.id}
            notice={notice}
            onRead={() => read.mutate({ params: { user: notice.user, notice: notice.id } })}
          />
        ))}
        {notices.more && (
          <Button variant="default" w="fit-content" onClick={notices.more.load} loading={notices.more.loading}>
            Show more
          </Button>
        )}
      </Stack>
    </>
  );
}

function NoticeCard({ notice, onRead }: { readonly notice: Notice; readonly onRead: () => void }) {
  const { colour, icon: Icon } = SEVERITIES[notice.severity];
  const isNew = notice.readAt === null;
  return (
    <Card withBorder component="article" aria-label={notice.title}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Stack gap={4} miw={0}>
          <Group gap="xs">
            <Badge color={colour} variant="light" tt="none" leftSection={<Icon size={12} aria-hidden />}>
              {notice.severity}
            </Badge>
            <Text fw={isNew ? 700 : 500} style={{ overflowWrap: 'anywhere' }}>
              {notice.title}
            </Text>
          </Group>
          <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {notice.text}
          </Text>
          <Text size="xs" c="dimmed" component="div">
            <When at={notice.at} /> · told by{' '}
            <Anchor
              component={Link}
              to={`/instances/${encodeURIComponent(notice.instance)}`}
              inherit
              underline="always"
            >
              {notice.instance}
            </Anchor>{' '}
            in{' '}
            <Anchor component={Link} to={`/jobs/${encodeURIComponent(notice.job)}`} inherit underline="always">
              this job
            </Anchor>
          </Text>
        </Stack>
        {isNew && (
          <Button size="compact-sm" variant="default" flex="none" onClick={onRead} aria-label={`Read: ${notice.title}`}>
            Read
          </Button>
        )}
      </Group>
    </Card>
  );
}

function NoNotices() {
  return (
    <Card withBorder>
      <Text c="dimmed" size="sm" ta="center">
        Nothing was told to you yet. Algorithms tell people things by notices; an instance says who receives them.
      </Text>
    </Card>
  );
}
