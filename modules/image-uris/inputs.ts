import { HOST, IMAGE_REFERENCE } from "../../src/cache/rules";
import { DEFAULT_DOMAIN, PATH } from "../../src/image/image-grammar";
import { HOST_OF_PRIVATE_REGISTRY } from "../../src/image/registry-hosts";
import type { WarningId } from "../../src/terraform/warnings";
import { atLeastOne } from "../../src/validation/rule";
import type { Rule } from "../../src/validation/rule";
import type { ModuleDefinition } from "../generator/definition";
import { IMAGE_FACTS, isImage, source } from "../generator/images";
import { following } from "../generator/rules";
import { acknowledgedWarnings } from "../generator/warnings";

const OUTPUT_OF_THE_CACHE = "use the output `registry_map` of pull-through-cache";

/** The name of a registry in a map, with the part of a private one that is cached. */
const REGISTRY_NAME: Rule = {
  pattern: withPath(HOST.pattern),
  requirement: `have names of registries as keys, like ${DEFAULT_DOMAIN}`,
  hint: OUTPUT_OF_THE_CACHE,
};

/** The start of names of images in a cache. */
const START: Rule = {
  pattern: withPath(HOST_OF_PRIVATE_REGISTRY),
  requirement: "be the start of names of images in a private Amazon ECR registry",
  hint: OUTPUT_OF_THE_CACHE,
};

const HOSTS = 'distinct([for start in values(var.registry_map) : split("/", start)[0]])';

/** The inputs of the module image-uris. */
export const imageUris: ModuleDefinition = {
  name: "image-uris",
  inputs: {
    registry_map: {
      type: "map(string)",
      required: true,
      description: "The registries that the cache has: the output `registry_map` of pull-through-cache.",
      keyRules: [following(REGISTRY_NAME)],
      elementRules: [following(START)],
      validations: [
        {
          holds: "try(length(var.registry_map) > 0, true)",
          place: "registry_map",
          requirement: atLeastOne("map", "registry"),
          got: "var.registry_map",
          hint: OUTPUT_OF_THE_CACHE,
        },
        {
          holds: `try(length(${HOSTS}) <= 1, true)`,
          place: "registry_map",
          requirement: "be the map of one cache",
          got: `try(${HOSTS}, null)`,
          hint: "call the module once for each cache",
        },
      ],
    },
    images: {
      type: "map(string)",
      required: true,
      description:
        'The usual names of the images, by keys of your own, like `{ web = "nginx:1.27" }`. They are read as container clients read them: `nginx` is `docker.io/library/nginx`.',
      elementRules: [isImage(IMAGE_REFERENCE, "image_reference", IMAGE_REFERENCE.hint)],
    },
    pass_through: {
      type: "bool",
      default: false,
      description:
        "Whether an image that the cache cannot have keeps its name. Otherwise the plan fails for such an image.",
    },
    acknowledged_warnings: acknowledgedWarnings("first-pull-by-digest" satisfies WarningId),
  },
  facts: {
    image_reference: {
      comment:
        "The name of an image. Its groups are the host, the path after a host, the path without a host, and the tag and the digest. https://github.com/distribution/reference",
      value: source(IMAGE_REFERENCE.pattern),
    },
    ...IMAGE_FACTS,
  },
};

/** The pattern of a host with or without a path. */
function withPath({ source: host }: RegExp): RegExp {
  return new RegExp(`${host.slice(0, -1)}(?:/${PATH})?$`);
}
