import type { Command } from "commander";
import { ExitCode } from "./io";
import type { Io } from "./io";
import { hostFor, readMapping } from "./map-file";
import type { HostOptions, MapOptions } from "./map-file";
import { FIRST_PULL_BY_DIGEST, lookUp } from "./mapped-image";
import { addMapOptions } from "./options";

interface UriOptions extends MapOptions, HostOptions {
  readonly passThrough?: boolean;
  readonly json?: boolean;
}

/** Adds the command that prints the names of images in the cache. */
export function addUri(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  addMapOptions(
    program
      .command("uri")
      .summary("print the name to pull in place of an image")
      .description("Prints the name to pull in place of each image. It makes no call to AWS.")
      .argument("<image...>", "names of images, like nginx:1.27"),
  )
    .option("--dual-stack", "use the host for IPv4 and IPv6")
    .option("--pass-through", "print the name of an image that the cache cannot have as it is, in place of an error")
    .option("--json", "print a JSON object with the images and their names")
    .action((images: string[], options: UriOptions) => finish(uri(io, images, options)));
}

function uri(io: Io, images: readonly string[], options: UriOptions): ExitCode {
  const mapping = readMapping(io, options);
  const host = hostFor(mapping, options);
  const names: (readonly [image: string, name: string | null])[] = [];
  const codes: ExitCode[] = [ExitCode.OK];
  for (const image of images) {
    const result = lookUp(mapping, image, host);
    if ("uri" in result) {
      names.push([image, result.uri]);
      if (result.isCached && result.hasDigest) {
        io.stderr.write(`warning: ${image}: ${FIRST_PULL_BY_DIGEST}\n`);
      }
    } else if (options.passThrough === true && !result.isMalformed) {
      names.push([image, image]);
    } else {
      names.push([image, null]);
      io.stderr.write(`error: ${result.problem}\n`);
      codes.push(result.isMalformed ? ExitCode.FAILED : ExitCode.FOUND);
    }
  }
  io.stdout.write(
    options.json === true
      ? `${JSON.stringify(Object.fromEntries(names), undefined, 2)}\n`
      : names.map(([, name]) => (name === null ? "" : `${name}\n`)).join(""),
  );
  return Math.max(...codes) as ExitCode;
}
