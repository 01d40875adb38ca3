import { synthesize } from "./aws-cdk";
import { REGIONS } from "./declaration";
import { measure } from "./usage";

// The same arguments as of measured-app.ts, and "off" to switch the validation of templates off.
const [outdir, regions, validation] = process.argv.slice(2);
if (outdir !== undefined) {
  measure(() => synthesize(outdir, REGIONS.slice(0, Number(regions)), validation !== "off"));
}
