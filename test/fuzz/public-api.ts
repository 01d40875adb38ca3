import * as path from "node:path";
import * as ts from "typescript";
import { ROOT } from "../support/examples";

/** The type of a parameter, as far as a value of it can be made. */
export type Shape =
  | { readonly kind: "string" | "number" | "boolean" }
  | { readonly kind: "list" | "map"; readonly of: Shape }
  | { readonly kind: "enum"; readonly values: readonly unknown[] }
  | { readonly kind: "struct"; readonly name: string; readonly members: readonly Parameter[] }
  /** An instance of a class: of a public one by its name, or of cdktf's and the provider's. */
  | { readonly kind: "class"; readonly name: string };

export interface Parameter {
  readonly name: string;
  readonly isOptional: boolean;
  readonly shape: Shape;
}

/** What a program can call: `new A`, `A.b` for a static method, `A#b` for a method of an instance. */
export interface Entry {
  readonly name: string;
  readonly className: string;
  readonly kind: "constructor" | "static" | "method";
  readonly parameters: readonly Parameter[];
  /** The class of what it returns, if that is public. */
  readonly returns?: string;
}

export interface PublicApi {
  readonly entries: readonly Entry[];
  /** The names of instances that are static members of their class, by the class. */
  readonly constants: ReadonlyMap<string, readonly string[]>;
}

/** Reads what src/index.ts exports, so that what is added there is fuzzed without a change here. */
export function readPublicApi(): PublicApi {
  const file = path.join(ROOT, "src/index.ts");
  const program = ts.createProgram([file], {
    strict: true,
    skipLibCheck: true,
    types: [],
    lib: ["lib.es2022.d.ts"],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
  });
  return new Reader(program.getTypeChecker()).read(program.getSourceFile(file));
}

const HIDDEN = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;

class Reader {
  private readonly constants = new Map<string, string[]>();
  private classes: readonly ts.Symbol[] = [];

  public constructor(private readonly checker: ts.TypeChecker) {}

  public read(file: ts.SourceFile | undefined): PublicApi {
    const module = file && this.checker.getSymbolAtLocation(file);
    const exported = module === undefined ? [] : this.checker.getExportsOfModule(module);
    this.classes = exported
      .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol))
      .filter(({ flags }) => flags & ts.SymbolFlags.Class);
    return { entries: this.classes.flatMap((symbol) => this.entriesOf(symbol)), constants: this.constants };
  }

  private entriesOf(symbol: ts.Symbol): Entry[] {
    const type = this.checker.getTypeOfSymbol(symbol);
    const className = symbol.name;
    const constructors = type
      .getConstructSignatures()
      .filter(({ declaration }) => declaration !== undefined && isPublic(declaration))
      .map((signature) => this.entry(`new ${className}`, className, "constructor", signature));
    const statics = ownMembers(type, symbol).flatMap((member) =>
      this.signaturesOf(member).map((signature) =>
        this.entry(`${className}.${member.name}`, className, "static", signature),
      ),
    );
    const instance = this.checker.getDeclaredTypeOfSymbol(symbol);
    const methods = ownMembers(instance, symbol).flatMap((member) =>
      this.signaturesOf(member).map((signature) =>
        this.entry(`${className}#${member.name}`, className, "method", signature),
      ),
    );
    const constants = ownMembers(type, symbol).filter((member) => this.checker.getTypeOfSymbol(member) === instance);
    this.constants.set(
      className,
      constants.map(({ name }) => name),
    );
    return [...constructors, ...statics, ...methods];
  }

  private signaturesOf(member: ts.Symbol): readonly ts.Signature[] {
    return this.checker.getTypeOfSymbol(member).getCallSignatures();
  }

  private entry(name: string, className: string, kind: Entry["kind"], signature: ts.Signature): Entry {
    const parameters = signature.getParameters().map((parameter) => this.parameter(parameter));
    const returns = this.checker.getReturnTypeOfSignature(signature).getSymbol();
    const isKnown = returns !== undefined && this.classes.includes(returns);
    return { name, className, kind, parameters, ...(isKnown && { returns: returns.name }) };
  }

  private parameter(symbol: ts.Symbol): Parameter {
    const { valueDeclaration } = symbol;
    const isOptional =
      (symbol.flags & ts.SymbolFlags.Optional) !== 0 ||
      (valueDeclaration !== undefined &&
        ts.isParameter(valueDeclaration) &&
        this.checker.isOptionalParameter(valueDeclaration));
    return { name: symbol.name, isOptional, shape: this.shape(this.checker.getTypeOfSymbol(symbol), symbol.name) };
  }

  private shape(given: ts.Type, place: string): Shape {
    // A parameter of type unknown takes anything, so also text.
    if (given.flags & ts.TypeFlags.Unknown) {
      return { kind: "string" };
    }
    const type = this.withoutTokens(this.checker.getNonNullableType(given));
    if (type.flags & ts.TypeFlags.BooleanLike) {
      return { kind: "boolean" };
    }
    if (type.flags & ts.TypeFlags.EnumLike) {
      const members = type.isUnion() ? type.types : [type];
      return { kind: "enum", values: members.map((member) => (member as ts.LiteralType).value) };
    }
    if (type.flags & ts.TypeFlags.NumberLike) {
      return { kind: "number" };
    }
    if (type.flags & ts.TypeFlags.StringLike) {
      return { kind: "string" };
    }
    const element = this.checker.isArrayType(type)
      ? this.checker.getTypeArguments(type as ts.TypeReference)[0]
      : undefined;
    if (element !== undefined) {
      return { kind: "list", of: this.shape(element, place) };
    }
    const values = type.getStringIndexType();
    if (values !== undefined) {
      return { kind: "map", of: this.shape(values, place) };
    }
    const symbol = type.getSymbol();
    if (symbol !== undefined && symbol.flags & ts.SymbolFlags.Class) {
      return { kind: "class", name: symbol.name };
    }
    if (symbol !== undefined && symbol.flags & ts.SymbolFlags.Interface) {
      const members = type.getProperties().map((member) => this.parameter(member));
      return { kind: "struct", name: symbol.name, members };
    }
    throw new Error(`a value of \`${place}\` cannot be made: its type is ${this.checker.typeToString(type)}`);
  }

  /** The provider's arguments are either a value or a token. */
  private withoutTokens(type: ts.Type): ts.Type {
    const isToken = (member: ts.Type): boolean => member.getSymbol()?.name === "IResolvable";
    if (!type.isUnion() || !type.types.some(isToken)) {
      return type;
    }
    const [first, ...others] = type.types.filter((member) => !isToken(member));
    return first === undefined || (others.length > 0 && !(first.flags & ts.TypeFlags.BooleanLike)) ? type : first;
  }
}

/** What a class declares itself and programs may use. */
function ownMembers(type: ts.Type, owner: ts.Symbol): ts.Symbol[] {
  const declarations: readonly ts.Node[] = owner.declarations ?? [];
  return type.getProperties().filter(({ valueDeclaration: member, name }) => {
    const isOwn = member !== undefined && declarations.includes(member.parent);
    return isOwn && isPublic(member) && !name.startsWith("_");
  });
}

function isPublic(declaration: ts.Node): boolean {
  return (ts.getCombinedModifierFlags(declaration as ts.Declaration) & HIDDEN) === 0;
}
