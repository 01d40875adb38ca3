import type { Command } from "commander";
import { DEFAULT_MAP_FILE } from "./map-file";

/** Adds the options that choose a registry map. */
export function addMapOptions(command: Command): Command {
  return command
    .option("--map <file>", "the registry map, or the maps of all regions", DEFAULT_MAP_FILE)
    .option("--region <region>", "the region, if the file has several (default: AWS_REGION)");
}
