import * as fs from "node:fs";
import * as path from "node:path";
import { privateRegistryAt } from "../src/image/registry-hosts";
import { RegistryMapping, isNameOfRegistry, isStartOfNames, startOf } from "../src/image/registry-map";
import type { RegistryMap } from "../src/image/registry-map";
import { isPlainObject } from "../src/validation/plain-object";
import { CommandError } from "./io";
import type { Io } from "./io";

/** The file that the examples write, relative to the folder of the app. */
export const DEFAULT_MAP_FILE = "cdktf.out/registry-map.json";

/** Which map to use. */
export interface MapOptions {
  readonly map: string;
  readonly region?: string;
}

/** The mapping of a region in a file. */
export function readMapping(io: Io, options: MapOptions): RegistryMapping {
  return new RegistryMapping(readMap(io, options));
}

/**
 * The map of a region in a file, which has either one map or one for each region: the output of `cache.registryMap()`,
 * `fleet.registryMaps()` or `terraform output -json registry_map`.
 */
export function readMap(io: Io, { map: file, region }: MapOptions): RegistryMap {
  const maps = mapsIn(file, readJson(io, file));
  const regions = [...maps.keys()];
  const [only] = regions.length === 1 ? regions : [];
  const fromEnvironment = [io.env["AWS_REGION"], io.env["AWS_DEFAULT_REGION"]].find(
    (name) => name !== undefined && name !== "",
  );
  const chosen = region ?? only ?? fromEnvironment;
  const map = maps.get(chosen ?? "");
  if (map !== undefined) {
    return map;
  }
  throw new CommandError(
    chosen === undefined
      ? `give --region: ${file} has ${regions.join(", ")}`
      : `${file} has no region ${chosen}: it has ${regions.join(", ")}`,
  );
}

/** Which host of the registry names have. */
export interface HostOptions {
  readonly dualStack?: boolean;
}

/** The host of the registry that options choose. */
export function hostFor(mapping: RegistryMapping, { dualStack }: HostOptions): string {
  const host = dualStack === true ? mapping.dualStackHost : mapping.registry;
  if (host === undefined) {
    throw new CommandError(`AWS documents no host for IPv4 and IPv6 for ${mapping.registry}: leave out --dual-stack`);
  }
  return host;
}

function readJson(io: Io, file: string): unknown {
  let text;
  try {
    text = fs.readFileSync(path.resolve(io.cwd, file), "utf8");
  } catch (error) {
    throw new CommandError(
      `cannot read ${file}: ${(error as Error).message}; write it with fleet.registryMaps(), cache.registryMap() or terraform output -json registry_map, and name it with --map`,
    );
  }
  if (text.trim() === "") {
    throw new CommandError(`${file} is empty: the command that should have written it has failed`);
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new CommandError(`${file} is not JSON in UTF-8`);
  }
}

/** The maps of a file by their regions. */
function mapsIn(file: string, content: unknown): Map<string, RegistryMap> {
  if (isPlainObject(content) && Object.keys(content).length > 0) {
    const values = Object.values(content) as unknown[];
    const maps = values.every((value) => typeof value === "string") ? [content] : values;
    const regions = maps.map(regionOf);
    if (maps.every(isMap) && regions.every((region) => region !== undefined)) {
      checkOnce(file, regions);
      return new Map(maps.map((map, index) => [regions[index] ?? "", map]));
    }
  }
  throw new CommandError(`${file} is not a registry map: ${hintFor(content)}`);
}

/** What a file has in place of a map, as far as it is known. */
function hintFor(content: unknown): string {
  const text = JSON.stringify(content);
  if (text.includes("${")) {
    return "it has a value that only Terraform knows: set `accountId` and the region of the provider as literals";
  }
  if (isPlainObject(content) && Object.values(content).some((value) => isPlainObject(value) && "sensitive" in value)) {
    return "it has all outputs: give the name of one, as in terraform output -json registry_map";
  }
  return 'it must have names like "docker.io" with the start of names in one cache, or such maps by their regions';
}

function checkOnce(file: string, regions: readonly string[]): void {
  const twice = regions.find((region, index) => regions.indexOf(region) < index);
  if (twice !== undefined) {
    throw new CommandError(`${file} has several maps of ${twice}: give each account a file of its own`);
  }
}

function isMap(value: unknown): value is RegistryMap {
  return (
    isPlainObject(value) &&
    Object.entries(value).every(
      ([name, start]) => isNameOfRegistry(name) && typeof start === "string" && isStartOfNames(start),
    )
  );
}

/** The region of the private registry in which a map has all images; undefined if it has none, or several. */
function regionOf(map: unknown): string | undefined {
  const hosts = new Set(isMap(map) ? Object.values(map).map((start) => startOf(start)) : []);
  const [host] = hosts;
  return host === undefined || hosts.size > 1 ? undefined : privateRegistryAt(host)?.region;
}
