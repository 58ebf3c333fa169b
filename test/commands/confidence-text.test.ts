import { expect, it } from 'vitest';
import { confidenceText } from '../../src/commands/confidence-text.ts';

it.each([
  [0.995, '0.995'],
  [0.855, '0.855'],
  [0.95, '0.95'],
  [1, '1.00'],
  [0, '0.00'],
])('says %d as %s', (share, text) => {
  expect(confidenceText(share)).toBe(text);
});
