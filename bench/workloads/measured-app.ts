import { App } from "cdktf";
import { REGIONS } from "./declaration";
import { reportConstructAndSynth } from "./usage";

/** Builds and synthesizes the app that `declare` fills; arguments: the output folder and the number of regions. */
export function runMeasuredApp(declare: (app: App, regions: string[]) => void): void {
  const [outdir, regions] = process.argv.slice(2);
  const start = process.cpuUsage();
  const app = new App({ outdir });
  declare(app, REGIONS.slice(0, Number(regions)));
  app.synth();
  const { user, system } = process.cpuUsage(start);
  reportConstructAndSynth(user + system);
}
