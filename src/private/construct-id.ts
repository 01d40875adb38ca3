/**
 * A construct id for an ASCII name that AWS allows more characters than Terraform does.
 *
 * cdktf drops what Terraform does not allow in an address, so that "docker.io" and
 * "dockerio" could end at one address and one resource silently replace the other.
 * Every such character, and the underscore that introduces it, becomes `_` and two
 * hexadecimal digits: different names have different ids.
 */
export function constructId(name: string): string {
  return name.replace(/[^A-Za-z0-9-]/g, (c) => `_${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
