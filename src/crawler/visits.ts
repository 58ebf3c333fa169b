// How often a page is worth a visit: the rule of Apache Nutch's AdaptiveFetchSchedule. Pure, and told the time.
import type { PageRecord, Visits } from '../ledger.ts';
import type { Timestamp } from '../record.ts';

export interface VisitBounds {
  readonly minHours: number;
  readonly maxHours: number;
}

/** Seen to be another page: the next visit comes so much sooner; seen to be the same: so much later. */
const sooner = 0.2;
const later = 0.4;
/** How far the next visit moves towards the time of the day, or week, at which the page was seen to change. */
const shift = 0.3;
const firstHours = 24;
const hourMs = 3_600_000;

/** After a visit that could say whether the page has changed since the one before. */
export function nextVisits(
  before: Pick<PageRecord, 'visits' | 'expandedAt'>,
  visitedAt: Timestamp,
  hasChanged: boolean,
  { minHours, maxHours }: VisitBounds,
): Visits {
  const { intervalSeconds = firstHours * 3600, changedAt = before.expandedAt ?? visitedAt } =
    before.visits ?? {};
  const nowMs = Date.parse(visitedAt);
  const changed = hasChanged ? visitedAt : changedAt;
  const sinceMs = Math.max(0, nowMs - Date.parse(changed));
  const wantedMs = Math.max(intervalSeconds * 1000 * (hasChanged ? 1 - sooner : 1 + later), sinceMs);
  const intervalMs = Math.min(Math.max(wantedMs, minHours * hourMs), Math.max(minHours, maxHours) * hourMs);
  // Nutch shifts by a part of all the time since the change, which after long rest lies in the past for ever.
  const dueMs = nowMs + intervalMs - shift * Math.min(sinceMs, intervalMs);
  return {
    intervalSeconds: Math.round(intervalMs / 1000),
    changedAt: changed,
    visitedAt,
    dueAt: new Date(dueMs).toISOString(),
  };
}

/** `modifiedAt`: when its site says it changed last, where it does. */
export function isDue(
  { visits }: Pick<PageRecord, 'visits'>,
  modifiedAt: Timestamp | undefined,
  now: Timestamp,
  { maxHours }: VisitBounds,
): boolean {
  if (visits === undefined) return true;
  const { dueAt, visitedAt } = visits;
  // No site is believed for longer than that; and a clock that was wrong makes nothing rest for ever.
  const restedMs = Date.parse(now) - Date.parse(visitedAt);
  if (restedMs >= maxHours * hourMs || restedMs < 0) return true;
  if (modifiedAt !== undefined) return modifiedAt > visitedAt;
  return now >= dueAt;
}
