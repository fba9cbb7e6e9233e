import { expect, it } from "vitest";

import { parseApproach } from "./connection";

const answer = { success: true, path: "lan", secure: false, address: "192.168.1.20" };

it.each(["this_device", "lan", "tunnel", "server"])("reads an answer of %s", (path) => {
  expect(parseApproach({ ...answer, path })).toEqual({
    path,
    secure: false,
    address: "192.168.1.20",
  });
});

it.each(["127.0.0.1", "::1", "2001:db8:1:2:3:4:5:6", "fe80::1ff:fe23:4567:890a%eth0.12"])(
  "takes %s for an address",
  (address) => {
    expect(parseApproach({ ...answer, address })?.address).toBe(address);
  },
);

it.each(["", "unknown", "<b>1.2.3.4</b>", "1.2.3.4 and call us", "1".repeat(46), "\u202e1.2.3.4", "::1%" + "e".repeat(17)])(
  "does not show %j",
  (address) => {
    expect(parseApproach({ ...answer, address })).toEqual({
      path: "lan",
      secure: false,
      address: null,
    });
  },
);

it.each([
  null,
  undefined,
  "lan",
  [],
  {},
  { ...answer, path: "LAN" },
  { ...answer, path: "carrier pigeon" },
  { ...answer, path: ["lan"] },
  { ...answer, path: "__proto__" },
  { ...answer, secure: "yes" },
  { ...answer, secure: 1 },
  { ...answer, address: null },
  { ...answer, address: 17 },
])("makes nothing of %j", (made) => {
  expect(parseApproach(made)).toBeNull();
});
