// Writes the generated files of the plain Terraform modules, and the generated parts of their READMEs.
import * as fs from "node:fs";
import * as path from "node:path";
import { generatedFiles } from "../modules/generator/modules";
import { MODULES_FOLDER } from "../modules/generator/parsed-module";

void generatedFiles().then((files) => {
  for (const [file, text] of Object.entries(files)) {
    fs.writeFileSync(path.join(MODULES_FOLDER, file), text);
  }
});
