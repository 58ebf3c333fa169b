// Answers the fields of Mutation: one table, put together from what each part of the house lets be changed.
import { classifyMutations } from './mutations/classify.ts';
import { crawlMutations } from './mutations/crawls.ts';
import { forgetMutations } from './mutations/forget.ts';
import { scheduleMutations } from './mutations/schedules.ts';

export const mutations = {
  ...crawlMutations,
  ...scheduleMutations,
  ...classifyMutations,
  ...forgetMutations,
};
