// Classification: what a model says of an image that is not stored.
import type { Classified } from '../classify.ts';
import type { ApiContext } from './context.ts';
import { imageLabels, labelsFrom } from './label-resolvers.ts';

export const classificationResolvers = {
  Classification: {
    labels: (
      { labels }: Classified,
      { minConfidence }: { minConfidence?: number | null },
      { parts }: ApiContext,
    ) => imageLabels(labelsFrom(labels, minConfidence), labels, parts.taxonomy),
  },
};
