import { expect, test } from "vitest";
import { type Receiver, receiversOf, type Subscription } from "../../bin/receivers.ts";
import type { Alert } from "../../config/compile.ts";

const arn = "arn:aws:sns:eu-central-1:123456789012:topic:1";
const ops: Alert = { protocol: "email", endpoint: "ops@acme.com" };

const listed = (standing: string, endpoint = "ops@acme.com", protocol = "email"): Subscription => ({
  arn: standing,
  protocol,
  endpoint,
});

test.each<[string, Subscription[], Receiver["standing"]]>([
  ["confirmed", [listed(arn)], "confirmed"],
  ["asked to confirm", [listed("PendingConfirmation")], "pending"],
  ["just gone", [listed("Deleted")], "gone"],
  ["never there", [], "gone"],
  ["there by another protocol", [listed(arn, "ops@acme.com", "email-json")], "gone"],
  ["back again", [listed("Deleted"), listed(arn)], "confirmed"],
  ["back again, listed first", [listed(arn), listed("Deleted")], "confirmed"],
  ["asked again", [listed("Deleted"), listed("PendingConfirmation")], "pending"],
])("a receiver of the file who is %s", (_, subscriptions, standing) => {
  expect(receiversOf([ops], subscriptions)[0]).toEqual({ ...ops, standing, isInFile: true });
});

test("who is subscribed and not in the file comes last; who has left it is nobody's", () => {
  const others = [listed(arn, "own@acme.com"), listed("Deleted", "left@acme.com")];
  expect(receiversOf([ops], [...others, listed(arn)])).toEqual([
    { ...ops, standing: "confirmed", isInFile: true },
    { protocol: "email", endpoint: "own@acme.com", standing: "confirmed", isInFile: false },
  ]);
});

test("a password and a query are not shown, and are no hindrance to recognising the receiver", () => {
  const hook: Alert = { protocol: "https", endpoint: "https://me:secret@hooks.acme.com/in?token=secret" };
  // SNS hides the password in what it lists.
  const found = receiversOf([hook], [listed(arn, "https://me:****@hooks.acme.com/in?token=secret", "https")]);
  expect(found).toEqual([
    {
      protocol: "https",
      endpoint: "https://me:****@hooks.acme.com/in?****",
      standing: "confirmed",
      isInFile: true,
    },
  ]);
});
