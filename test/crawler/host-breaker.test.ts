import { describe, expect, test } from 'vitest';
import { failuresToOpen, type Health, HostBreaker, longestPauseMs } from '../../src/crawler/host-breaker.ts';

function openBreaker() {
  let nowMs = 1_000_000;
  const breaker = new HostBreaker(() => nowMs);
  const ask = (health: Health | null, times = 1): number => {
    let asked = 0;
    for (let n = 0; n < times && breaker.admits(); n++, asked++) breaker.note(health);
    return asked;
  };
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { breaker, ask, pass };
}

describe('a host that fails', () => {
  test('is left alone after so many failures in a row, and not before', () => {
    const { breaker, ask } = openBreaker();
    expect(ask('unwell', failuresToOpen - 1)).toBe(failuresToOpen - 1);
    ask('well');
    expect(ask('unwell', failuresToOpen - 1)).toBe(failuresToOpen - 1);
    expect(breaker.isOpen).toBe(false);
    expect(ask('unwell', 100)).toBe(1);
    expect([breaker.isOpen, breaker.pauseMs()]).toEqual([true, 30_000]);
  });

  test('is tried by one request after each pause, and the pauses grow to a quarter of an hour', () => {
    const { breaker, ask, pass } = openBreaker();
    ask('unwell', failuresToOpen);
    const pauses: number[] = [];
    for (let n = 0; n < 8; n++) {
      pauses.push(breaker.pauseMs() / 1000);
      pass(breaker.pauseMs() - 1);
      expect(ask('unwell')).toBe(0);
      pass(1);
      expect(ask('unwell', 5)).toBe(1);
    }
    expect(pauses.slice(0, 5)).toEqual([30, 60, 120, 240, 480]);
    expect(pauses.at(-1)).toBe(longestPauseMs / 1000);
  });

  test('is tried by one at a time, and by another where the first was stopped', () => {
    const { breaker, ask, pass } = openBreaker();
    ask('unwell', failuresToOpen);
    pass(30_000);
    expect([breaker.admits(), breaker.admits()]).toEqual([true, false]);
    breaker.note(null);
    expect(breaker.admits()).toBe(true);
  });

  test('is asked again at once where a try succeeds; its pauses stay as long as they were until it is well for a while', () => {
    const { breaker, ask, pass } = openBreaker();
    ask('unwell', failuresToOpen);
    pass(30_000);
    ask('well');
    expect([breaker.isOpen, breaker.pauseMs()]).toEqual([false, 0]);
    ask('unwell', failuresToOpen);
    expect(breaker.pauseMs()).toBe(60_000);
    pass(60_000);
    ask('well', 25);
    ask('unwell', failuresToOpen);
    expect(breaker.pauseMs()).toBe(30_000);
  });

  test('is not left alone for being busy, unless nothing else comes of it for a quarter of an hour', () => {
    const { breaker, ask, pass } = openBreaker();
    ask('busy', 50);
    pass(14 * 60_000);
    ask('busy');
    expect(breaker.isOpen).toBe(false);
    pass(60_000);
    ask('busy');
    expect(breaker.pauseMs()).toBe(longestPauseMs);
  });
});
