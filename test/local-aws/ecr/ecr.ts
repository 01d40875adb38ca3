import type { Iam } from "../iam/iam";
import type { SecretsManager } from "../secrets-manager/secrets-manager";
import type { Service } from "../service";
import { AccountSettings } from "./account-settings";
import { Authorization } from "./authorization";
import { CacheRules } from "./cache-rules";
import { CreationTemplates } from "./creation-templates";
import { ImageCache } from "./image-cache";
import { checkOwnRegistry } from "./parameters";
import { Registry } from "./registry";
import { RegistryPolicy } from "./registry-policy";
import { RegistryReplication } from "./registry-replication";
import { RegistryScanning } from "./registry-scanning";
import { Repositories } from "./repositories";
import { ResourcePolicies } from "./resource-policies";
import { Upstreams } from "./upstreams";

/** Amazon ECR: the settings of a registry, the repositories that its cache fills, and the registry itself. */
export class Ecr implements Service {
  /** The registries that are cached; a test puts images there. */
  public readonly upstreams = new Upstreams();
  public readonly creationTemplates = new CreationTemplates();
  public readonly repositories = new Repositories();
  public readonly resourcePolicies: ResourcePolicies;
  public readonly registry: Registry;
  public readonly operations: Service["operations"];
  private readonly parts: readonly { contents(): string[] }[];

  public constructor(secretsManager: SecretsManager, iam: Iam, addedSince: readonly string[]) {
    const rules = new CacheRules(secretsManager, iam, addedSince);
    const templates = this.creationTemplates;
    const settings = new AccountSettings();
    const policy = new RegistryPolicy(settings);
    const scanning = new RegistryScanning();
    const replication = new RegistryReplication();
    const { repositories } = this;
    const authorization = new Authorization();
    const cache = new ImageCache(rules, templates, repositories, this.upstreams, iam);
    this.resourcePolicies = new ResourcePolicies(policy, settings, repositories, templates);
    this.registry = new Registry(cache, authorization, this.resourcePolicies);
    this.parts = [rules, templates, policy, scanning, replication, repositories];
    this.operations = ofOwnRegistry({
      ...rules.operations,
      ...templates.operations,
      ...settings.operations,
      ...policy.operations,
      ...scanning.operations,
      ...replication.operations,
      ...repositories.operations,
      ...authorization.operations,
    });
  }

  public contents(): string[] {
    return this.parts.flatMap((part) => part.contents());
  }
}

/** Operations that refuse the registry of another account before anything else. */
function ofOwnRegistry(operations: Service["operations"]): Service["operations"] {
  const checked = Object.entries(operations).map(([name, operation]): [string, typeof operation] => [
    name,
    (input, scope) => {
      checkOwnRegistry(name, input, scope);
      return operation(input, scope);
    },
  ]);
  return Object.fromEntries(checked);
}
