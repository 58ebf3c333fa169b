import { describe, expect, it } from 'vitest';
import { openRoom } from '../../src/inference/room.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Lets contents of these sizes in, in turn; says which are inside. */
function visitors(maxImages: number, maxBytes: number, sizes: readonly number[]) {
  const room = openRoom(maxImages, maxBytes);
  const inside = new Map<number, () => void>();
  for (const [index, bytes] of sizes.entries())
    void room.enter(bytes).then((leave) => inside.set(index, leave));
  return {
    inside: async () => {
      await settle();
      return [...inside.keys()];
    },
    leave(index: number) {
      inside.get(index)?.();
      inside.delete(index);
    },
  };
}

describe('room', () => {
  it('is bounded in images', async () => {
    const room = visitors(2, 100, [1, 1, 1]);
    expect(await room.inside()).toEqual([0, 1]);
    room.leave(0);
    expect(await room.inside()).toEqual([1, 2]);
  });

  it('is bounded in bytes, and who comes first gets in first', async () => {
    const room = visitors(9, 100, [60, 50, 10]);
    expect(await room.inside()).toEqual([0]);
    room.leave(0);
    expect(await room.inside()).toEqual([1, 2]);
  });

  it('lets one that is larger than all in alone', async () => {
    const room = visitors(9, 100, [10, 500, 10]);
    expect(await room.inside()).toEqual([0]);
    room.leave(0);
    expect(await room.inside()).toEqual([1]);
    room.leave(1);
    expect(await room.inside()).toEqual([2]);
  });
});
