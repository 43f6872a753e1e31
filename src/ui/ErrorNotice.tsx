import { Notice, type NoticeAction } from './Notice';

export interface ErrorNoticeProps {
  /** What happened, as a fact: "poster.psd was not read." */
  title: string;
  /** What is kept and what to do. */
  reason: string;
  /** Shown in small type, for a report. */
  code?: string | undefined;
  action?: NoticeAction | undefined;
  live?: 'status' | 'alert' | undefined;
}

/** Beside the item it belongs to. */
export function ErrorNotice({ title, reason, code, action, live }: ErrorNoticeProps) {
  return (
    <Notice tone="bad" title={title} action={action} live={live}>
      {reason}
      {code && <code className="note__code">{code}</code>}
    </Notice>
  );
}
