// Numbers with the words that they count.

/** `1 image`, `2 images`; `many` where an s does not make it. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
