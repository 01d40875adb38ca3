// Prints what GitHub's own parser has against each of the workflows that are named, as JSON. It is an ES module, which jest cannot load.
import * as fs from "node:fs";
import * as path from "node:path";

async function faultsOf(file: string): Promise<string[]> {
  const { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } = await import("@actions/workflow-parser");
  const read = (name: string): { name: string; content: string } => ({
    name,
    content: fs.readFileSync(path.join(path.dirname(file), name), "utf8"),
  });
  const { context, value } = parseWorkflow(read(path.basename(file)), new NoOperationTraceWriter());
  if (value !== undefined) {
    // Workflows that are called lie beside the one that calls them, wherever they go in a repository.
    const callees = { getFileContent: (ref: { path: string }) => Promise.resolve(read(path.basename(ref.path))) };
    await convertWorkflowTemplate(context, value, callees, { fetchReusableWorkflowDepth: 1 });
  }
  return context.errors.getErrors().map(({ message }) => message);
}

async function main(): Promise<void> {
  const faults: { [file: string]: string[] } = {};
  for (const file of process.argv.slice(2)) {
    faults[path.basename(file)] = await faultsOf(file);
  }
  process.stdout.write(JSON.stringify(faults));
}

void main();
