/** Every model Winnow knows, in the order screens list them. */
import { adamcoddNsfw } from './adamcodd-nsfw';
import type { ModelCard } from './card';
import { falconsaiNsfw } from './falconsai-nsfw';
import { freepikNsfw } from './freepik-nsfw';
import { laionClipNsfw } from './laion-clip-nsfw';
import { marqoNsfw384 } from './marqo-nsfw-384';
import { qwen3CsamGuard } from './qwen3-csam-guard';
import { starterImage } from './starter-image';
import { starterText } from './starter-text';

export const catalog: readonly ModelCard[] = [
  starterImage,
  starterText,
  marqoNsfw384,
  freepikNsfw,
  laionClipNsfw,
  qwen3CsamGuard,
  falconsaiNsfw,
  adamcoddNsfw,
];
