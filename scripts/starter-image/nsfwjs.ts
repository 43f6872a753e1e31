/** The MobileNetV2 that the npm package nsfwjs carries, as the TF.js layers model that it is. */
import { createRequire } from 'node:module';
import { readTfjs, type TfjsModel } from '../../src/core/checkpoint/tfjs';

const require = createRequire(import.meta.url);

interface PackedJson {
  readonly weightsManifest: readonly { readonly paths: readonly string[] }[];
}

/**
 * Reads the installed package. It packs every file of the model as a script: model.json as an object,
 * each shard as base64.
 */
export function nsfwjsMobileNet(): TfjsModel {
  const folder = '../../node_modules/nsfwjs/dist/models/mobilenet_v2';
  const json: PackedJson = require(`${folder}/model.min.js`);
  const paths = json.weightsManifest.flatMap((group) => group.paths);
  const shards = paths.map((path): [string, Uint8Array] => {
    const base64: string = require(`${folder}/${path}.min.js`);
    return [path, Buffer.from(base64, 'base64')];
  });
  return readTfjs(new TextEncoder().encode(JSON.stringify(json)), new Map(shards));
}
