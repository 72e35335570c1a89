import { describe, expect, it } from "vitest";
import { unfit } from "../../lambda/checks/address.ts";

describe("an address that nothing but the configuration may name", () => {
  it.each([
    "127.0.0.1",
    "127.8.8.8",
    "::1",
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "169.254.169.254",
    "169.254.100.1",
    "fe80::1",
    "febf::1",
    "fd00:ec2::254",
    "224.0.0.1",
    "ff02::1",
    "255.255.255.255",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::169.254.169.254",
    "::ffff:0:127.0.0.1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "no address",
  ])("%s", (address) => {
    expect(unfit(address, "config")).toBeUndefined();
    expect(unfit(address, "dns")).toBeTypeOf("string");
    expect(unfit(address, "redirect")).toBeTypeOf("string");
  });
});

describe("an address that DNS may name, but no redirect", () => {
  it.each([
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "fd12:3456::1",
    "fc00::1",
    "::ffff:10.1.2.3",
    "192.0.2.1",
    "64:ff9b::808:808",
    "64:ff9b::10.0.0.1",
    "2002:808:808::",
    "::2",
    "5f00::1",
  ])("%s", (address) => {
    expect(unfit(address, "dns")).toBeUndefined();
    expect(unfit(address, "redirect")).toBeTypeOf("string");
  });
});

describe("an address that all may name", () => {
  it.each([
    "93.184.216.34",
    "172.32.0.1",
    "100.128.0.1",
    "169.253.0.1",
    "2606:4700::1",
    "::ffff:93.184.216.34",
  ])("%s", (address) => {
    expect(unfit(address, "dns")).toBeUndefined();
    expect(unfit(address, "redirect")).toBeUndefined();
  });
});
