// PORT: a classifier. Turns a window of prepared pixels into class probabilities and embeddings.

/** What preprocessing needs to know: agrees with the training's. */
export interface ModelInput {
  readonly name: string;
  readonly elementType: 'float32' | 'uint8';
  readonly layout: 'NCHW' | 'NHWC';
  readonly channels: 'RGB' | 'BGR';
  /** Pixels of the square that the model sees. */
  readonly size: number;
  /** On the scale 0–255, in the order of `channels`: (value − mean) / std. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** `shortSide`: resize so that the short side has `resizeTo` pixels, crop the centre. `cropThenResize`: crop the
   * centre square of `size / resizeTo` of the short side, then resize it to `size`. `stretch`: no crop. */
  readonly resize: 'shortSide' | 'cropThenResize' | 'stretch';
  readonly resizeTo: number;
  readonly kernel: 'nearest' | 'linear' | 'cubic' | 'mitchell' | 'lanczos2' | 'lanczos3';
}

export interface ModelClass {
  /** Concept id, for ImageNet models a WordNet id. */
  readonly id: string;
  readonly name: string;
}

export interface ModelInfo {
  readonly name: string;
  readonly version: string;
  /** SHA-256 over the config's meaning: a new temperature is a new digest. */
  readonly configDigest: string;
  /** name@version#digest: part of every description key. */
  readonly key: string;
  readonly licence: string;
  readonly input: ModelInput;
  readonly classes: readonly ModelClass[];
  /** Numbers of an embedding; null where the model has none. */
  readonly embeddingSize: number | null;
  /** Largest window it takes: 1 where the batch axis is fixed. */
  readonly maxBatch: number;
}

export interface Classified {
  /** count × classes probabilities, row by row, background left out. */
  readonly probabilities: Float32Array;
  /** count × embeddingSize, or null. */
  readonly embeddings: Float32Array | null;
}

export interface Model {
  readonly info: ModelInfo;
  /** `pixels`: count images one after the other, prepared as `info.input` says. */
  classify(pixels: Float32Array | Uint8Array, count: number): Promise<Classified>;
  close(): Promise<void>;
}
