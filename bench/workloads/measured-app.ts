// What both workloads use of the provider: by hand it is imported, the package loads it as it makes the first resource.
// Here it is loaded before the clock starts, for both.
import "@cdktf/provider-aws/lib/data-aws-secretsmanager-secret";
import "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule";
import "@cdktf/provider-aws/lib/ecr-repository-creation-template";
import "@cdktf/provider-aws/lib/iam-role";
import "@cdktf/provider-aws/lib/iam-role-policy";
import "@cdktf/provider-aws/lib/provider";
import "@cdktf/provider-aws/lib/secretsmanager-secret";
import "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { App } from "cdktf";
import { REGIONS } from "./declaration";
import { measure } from "./usage";

/**
 * Builds and synthesizes the app that `declare` fills. Arguments: the output folder, the number of regions, and that of
 * the upstreams if it is not the usual one. Without them nothing is done, so that what it takes to load everything can be
 * measured alone.
 */
export function runMeasuredApp(declare: (app: App, regions: readonly string[], upstreams?: number) => void): void {
  const [outdir, regions, upstreams] = process.argv.slice(2);
  if (outdir === undefined) {
    return;
  }
  const loaded = Object.keys(require.cache);
  measure(() => {
    const app = new App({ outdir });
    declare(app, REGIONS.slice(0, Number(regions)), upstreams === undefined ? undefined : Number(upstreams));
    app.synth();
  });
  const late = Object.keys(require.cache).filter((file) => !loaded.includes(file));
  if (late.length > 0) {
    throw new Error(`Modules were loaded while the clock was running: ${late.join(", ")}`);
  }
}
