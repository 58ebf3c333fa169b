// What a process and its children hold: memory, open files, how many they are. Linux only: reads /proc.
import { readdirSync, readFileSync } from 'node:fs';

export interface Holdings {
  readonly processes: number;
  readonly rssBytes: number;
  /** Open files, sockets and pipes among them. */
  readonly files: number;
  readonly pids: readonly number[];
}

const statusOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It ended meanwhile.
    return '';
  }
};

const filesOf = (pid: number): number => {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
};

const number = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);

/** The process itself and all that descend from it. */
export function familyOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc'))
    if (/^\d+$/.test(name)) parents.set(Number(name), number(statusOf(Number(name)), 'PPid'));
  const family = new Set([pid]);
  // Children have greater numbers only until these begin anew.
  for (let before = 0; before < family.size; ) {
    before = family.size;
    for (const [child, parent] of parents) if (family.has(parent)) family.add(child);
  }
  return [...family];
}

const nameOf = (status: string): string => /^Name:\s+(.*)/m.exec(status)?.[1] ?? '';

export function holdingsOf(pid: number, isMeant: (name: string) => boolean = () => true): Holdings {
  const statuses = familyOf(pid).map((one) => ({ one, status: statusOf(one) }));
  const living = statuses.filter(({ status }) => status !== '' && isMeant(nameOf(status)));
  return {
    processes: living.length,
    rssBytes: living.reduce((sum, { status }) => sum + number(status, 'VmRSS') * 1024, 0),
    files: living.reduce((sum, { one }) => sum + filesOf(one), 0),
    pids: living.map(({ one }) => one),
  };
}
