// What can be set about the browser that opens pages made by scripts. How it is used is of the process, not of a source.
import { z } from 'zod';
import { type OptionTable, option, type Values } from '../../options.ts';

export const renderOptions = {
  browser: {
    ...option(
      z.string(),
      '',
      'Program file of Chromium or Chrome; without one it is looked for where systems put it',
    ),
    isPath: true,
  },
  renderConcurrency: option(z.number().int().min(1).max(16), 1, 'Browsers that open pages at a time'),
  renderTimeoutMs: option(
    z.number().int().min(1000).max(600_000),
    20_000,
    'Longest time that a page may take in the browser, the waiting for its host left out',
  ),
} satisfies OptionTable;

export type RenderSettings = Values<typeof renderOptions>;
