import { describe, expect, it } from "vitest";
import { addressAllowed } from "../../src/http/address-rules.ts";
import type { Resolve } from "../../src/http/agent.ts";
import { client, server, soon } from "./support/setting.ts";

describe("where a registry may be", () => {
  it.each(["8.8.8.8", "140.82.121.34", "2606:4700::6810:1", "64:ff9b::808:808", "::ffff:8.8.8.8", "172.32.0.1"])(
    "is anywhere on the internet: %s",
    (address) => {
      expect(addressAllowed(address, false)).toBe(true);
      expect(addressAllowed(address, true)).toBe(true);
    },
  );

  it.each([
    "127.0.0.1",
    "127.8.8.8",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "198.18.0.1",
    "::1",
    "fd12:3456::1",
    "::ffff:10.0.0.1",
    "::ffff:7f00:1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
    "::127.0.0.1",
    "::ffff:0:10.0.0.1",
    "64:ff9b:1::a00:1",
    "64:ff9b:1:a00:0:100::",
    "2001:0:a00:1::",
    "3fff::1",
    "5f00::1",
    "192.88.99.1",
  ])("is in a network of one's own only when that is configured: %s", (address) => {
    expect(addressAllowed(address, false)).toBe(false);
    expect(addressAllowed(address, true)).toBe(true);
  });

  it.each([
    "169.254.169.254",
    "169.254.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "fd00:ec2::254",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "224.0.0.1",
    "255.255.255.255",
    "ff02::1",
    "::5",
    "::ffff:0:169.254.169.254",
    "not an address",
    "",
  ])("is never at a link-local, metadata, unspecified or multicast address: %s", (address) => {
    expect(addressAllowed(address, false)).toBe(false);
    expect(addressAllowed(address, true)).toBe(false);
  });
});

/** A resolver that gives these addresses, whatever it is asked for. */
const resolving =
  (addresses: () => readonly string[]): Resolve =>
  (_host, _options, callback) =>
    callback(
      null,
      addresses().map((address) => ({ address, family: 4 })),
    );

describe("connections", () => {
  it("are not made to a private address that is written out, unless it is configured", async () => {
    const fake = await server(() => ({ body: { tags: ["1"] } }));
    const settings = [{ ...fake.settings, private: false }];
    await expect(client(settings).tags(`${fake.host}/app`, soon())).rejects.toMatchObject({
      name: "UserError",
      kind: "refused",
      fix: expect.stringContaining("private: true"),
    });
    await expect(client([]).tags(`${fake.host}/app`, soon())).rejects.toMatchObject({ kind: "refused" });
    expect(fake.asked).toEqual([]);
  });

  it("are not made when one of a host's addresses is private", async () => {
    const registry = client([], { resolve: resolving(() => ["8.8.8.8", "10.0.0.1"]) });
    await expect(registry.tags("registry.example/app", soon())).rejects.toMatchObject({ kind: "refused" });
  });

  it("are not made to an address that the name got only later", async () => {
    const fake = await server(() => ({ body: { tags: ["1"] }, headers: { connection: "close" } }));
    const port = fake.host.split(":")[1];
    let address = "127.0.0.1";
    const settings = [{ ...fake.settings, host: `registry.example:${port}` }];
    const registry = client(settings, { resolve: resolving(() => [address]) });
    const ask = () => registry.tags(`registry.example:${port}/app`, soon());
    expect(await ask()).toEqual(["1"]);
    address = "169.254.169.254";
    await expect(ask()).rejects.toMatchObject({ kind: "refused" });
    expect(fake.asked).toHaveLength(1);
  });

  it("do not hide that a host cannot be found", async () => {
    const registry = client([]);
    await expect(registry.tags("registry.invalid/app", soon())).rejects.toMatchObject({ kind: "unavailable" });
  });
});
