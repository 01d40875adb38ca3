import * as fs from "node:fs";
import * as path from "node:path";
import { Workspace, configuration, describeWithTerraform } from "../../support/terraform";

const FOLDER = path.join(__dirname, "..", "..", "project", "hand-written");

describeWithTerraform("what is written by hand", () => {
  test("is formatted and valid, with the real provider", async () => {
    const workspace = new Workspace(configuration());
    expect(await workspace.try(["fmt", "-check", "-diff", FOLDER])).toEqual({ status: 0, output: "" });
    for (const file of fs.readdirSync(FOLDER)) {
      workspace.write(file, fs.readFileSync(path.join(FOLDER, file), "utf8"));
    }
    await workspace.init();
    expect(await workspace.validate()).toEqual([]);
  });
});
