// The processes that one browser consists of, where the system has /proc.
import { readdir, readFile } from 'node:fs/promises';

export interface SessionProcess {
  readonly pid: number;
  /** Memory that is its own. */
  readonly bytes: number;
}

const pageBytes = 4096;

/** Those of the session that `leader` leads and that run; null where the system does not tell. */
export async function sessionProcesses(leader: number): Promise<SessionProcess[] | null> {
  if (process.platform !== 'linux' || leader <= 1) return null;
  // A process that has too many files open is not told, either.
  const names = await readdir('/proc').catch(() => null);
  if (names === null) return null;
  const pids = names.filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => processOf(Number(pid), leader)));
  return found.filter((one) => one !== undefined);
}

async function processOf(pid: number, leader: number): Promise<SessionProcess | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  // The name, in parentheses, may hold anything; state and session are the first and the fourth word after it.
  const [state, , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (Number(session) !== leader || state === 'Z' || state === 'X') return undefined;
  const memory = await readFile(`/proc/${pid}/statm`, 'latin1').catch(() => '');
  const [, resident = '0', shared = '0'] = memory.split(' ');
  return { pid, bytes: Math.max(0, Number(resident) - Number(shared)) * pageBytes };
}
