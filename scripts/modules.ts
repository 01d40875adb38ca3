// Writes the plain Terraform modules and their READMEs from what stands in modules/<name>/module.ts.
import * as fs from "node:fs";
import * as path from "node:path";
import { generatedModules } from "../modules/generator/modules";
import { PROJECT_ROOT } from "../test/support/example-program";

for (const [file, text] of Object.entries(generatedModules())) {
  fs.writeFileSync(path.join(PROJECT_ROOT, "modules", file), text);
}
