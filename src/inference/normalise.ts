// Decoded pixels → a model's input tensor, through a lookup table (in the graph it costs int8 models 12–15 %).
import type { ModelInput } from './model.ts';

export type Normalise = (images: readonly Uint8Array[]) => Float32Array | Uint8Array;

/** `images`: RGB, interleaved, size × size each. */
export function openNormalise(input: ModelInput): Normalise {
  const values = [0, 1, 2].map((channel) => {
    const [mean, std] = [input.mean[channel] as number, input.std[channel] as number];
    return Float32Array.from({ length: 256 }, (_, value) => (value - mean) / std);
  });
  const plane = input.size * input.size;
  const [channelStep, pixelStep] = input.layout === 'NCHW' ? [plane, 1] : [1, 3];
  return (images) => {
    const tensor = new (input.elementType === 'uint8' ? Uint8Array : Float32Array)(images.length * plane * 3);
    images.forEach((image, index) => {
      for (let channel = 0; channel < 3; channel += 1) {
        const table = values[channel] as Float32Array;
        let from = input.channels === 'RGB' ? channel : 2 - channel;
        let to = index * plane * 3 + channel * channelStep;
        for (let pixel = 0; pixel < plane; pixel += 1, from += 3, to += pixelStep) {
          tensor[to] = table[image[from] as number] as number;
        }
      }
    });
    return tensor;
  };
}
